"""Search spaces: the parameters of a problem, as every tuner has to see them."""

import dataclasses
import hashlib
import json
import math


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A parameter by the words of autoglm's spec. `kind` is uniform, log_uniform, int, log_int or
    categorical. It is there only if `parent` is there with one of the values `on`."""

    name: str
    kind: str
    low: float = 0
    high: float = 1
    choices: tuple = ()
    parent: str | None = None
    on: tuple = ()

    @property
    def is_log(self):
        return self.kind.startswith("log_")

    @property
    def is_integer(self):
        return self.kind in ("int", "log_int")

    def is_active(self, params):
        """Whether it is there, given the parameters before it."""
        return self.parent is None or params.get(self.parent) in self.on

    def spec(self):
        """Its entry in a spec of autoglm."""
        if self.kind == "categorical":
            entry = {"type": self.kind, "choices": list(self.choices)}
        else:
            entry = {"type": self.kind, "min": self.low, "max": self.high}
        if self.parent:
            values = ", ".join(f"'{value}'" for value in self.on)
            entry["when"] = f"{self.parent} in [{values}]"
        return entry

    def draw(self, rng):
        """A value by the prior: uniform, in the logarithm for log kinds."""
        if self.kind == "categorical":
            return self.choices[rng.integers(len(self.choices))]
        if self.kind == "int":
            return int(rng.integers(self.low, self.high + 1))
        if self.kind == "uniform":
            return float(rng.uniform(self.low, self.high))
        padding = 0.5 if self.is_integer else 0.0
        value = math.exp(rng.uniform(math.log(self.low - padding), math.log(self.high + padding)))
        value = min(max(value, self.low), self.high)
        return round(value) if self.is_integer else value


class Space(tuple):
    """Parameters, parents before their children."""

    @property
    def is_numeric(self):
        return all(p.kind != "categorical" for p in self)

    @property
    def is_conditional(self):
        return any(p.parent for p in self)

    def spec(self):
        return {p.name: p.spec() for p in self}

    def draw(self, rng):
        params = {}
        for parameter in self:
            if parameter.is_active(params):
                params[parameter.name] = parameter.draw(rng)
        return params

    def digest(self):
        """Short and equal only for equal spaces."""
        return hashlib.sha256(json.dumps(self.spec()).encode()).hexdigest()[:8]


def uniform(name, low, high, **when):
    return Parameter(name, "uniform", low, high, **when)


def log_uniform(name, low, high, **when):
    return Parameter(name, "log_uniform", low, high, **when)


def integer(name, low, high, **when):
    return Parameter(name, "int", low, high, **when)


def log_integer(name, low, high, **when):
    return Parameter(name, "log_int", low, high, **when)


def categorical(name, choices, **when):
    return Parameter(name, "categorical", choices=tuple(choices), **when)
