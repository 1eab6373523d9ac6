"""The problems, by family. Each family module has `problems(tier)`; see ../README.md."""

import dataclasses
import pathlib

from space import Space

DESIGN, HELD_OUT = "design", "held_out"


@dataclasses.dataclass
class Problem:
    """Something to minimize.

    `evaluate(params, trial, seed)` is the value that a tuner is told. Where `true_value` is given
    the problem is noisy: values depend on the trial's number and the run's seed, and
    `true_value(params)` is what counts. `optimum` is the least possible value, if it is known.
    """

    name: str
    family: str
    half: str
    space: Space
    evaluate: callable
    true_value: callable = None
    optimum: float | None = None
    revision: int = 1  # raise it when values change: traces of other revisions are not used

    @property
    def is_noisy(self):
        return self.true_value is not None

    @property
    def identity(self):
        return f"{self.space.digest()}-{self.revision}"


def standard(yahpo=None):
    """The 24 problems of the tier `standard`; without a folder of YAHPO, 20."""
    from problems import categorical, conditional, mixed_integer, numeric, sklearn_tuning
    families = [numeric, mixed_integer, conditional, categorical, sklearn_tuning]
    found = [problem for family in families for problem in family.standard()]
    return found + _surrogates(yahpo, "standard")


def overnight(yahpo=None):
    """More of each family than `standard`: other instances, more parameters."""
    from problems import categorical, conditional, mixed_integer, numeric, sklearn_tuning
    families = [numeric, mixed_integer, conditional, categorical, sklearn_tuning]
    found = [problem for family in families for problem in family.overnight()]
    return found + _surrogates(yahpo, "overnight")


def _surrogates(folder, tier):
    if folder is None:
        return []
    from problems import yahpo
    return getattr(yahpo, tier)(pathlib.Path(folder))
