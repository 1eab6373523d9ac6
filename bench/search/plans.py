"""What each tier runs."""

import dataclasses
import json

import problems
import tuners
from tuners import autoglm_tuner


@dataclasses.dataclass
class Plan:
    """Tuners on problems, each with the seeds 0 to `seeds` - 1."""

    name: str  # of the packed traces and the results
    problems: list
    peers: tuple
    seeds: int
    trials: int

    @property
    def checkpoints(self):
        """After how many trials tuners are compared."""
        return [self.trials // 4, self.trials // 2, self.trials]


SMOKE = ("bbob-f17-d3-i3", "bbob-f6-d10-i1", "bbob-mixint-f3-d5-i1", "tree-2-depth2",
         "categories-2-c8-x3", "svr-diabetes")
OVERNIGHT = ("bbob-f8-d5-i1", "bbob-f21-d5-i2", "bbob-mixint-f3-d5-i1", "tree-2-depth2",
             "tree-8-depth2", "categories-2-c8-x3", "svr-diabetes", "lcbench-167168")


def plans(tier, yahpo):
    """The plans of a tier: smoke, standard or overnight; `yahpo` is the folder of the surrogates or
    None."""
    everything = problems.standard(yahpo)

    def named(names):
        return [problem for problem in everything if problem.name in names]

    if tier == "smoke":
        return [Plan("smoke", named(SMOKE), tuners.FAST, 2, 60)]
    if tier == "standard":
        return [Plan("standard", everything, tuners.STANDARD, 3, 100)]
    return [Plan("overnight_slow", named(OVERNIGHT), tuners.SLOW, 3, 60),
            Plan("overnight_fast", problems.overnight(yahpo), tuners.FAST, 3, 200)]


def variants(requested):
    """Our searchers by name: those asked for as NAME or NAME=JSON, or the usual three."""
    chosen = {}
    for text in requested or autoglm_tuner.STANDARD:
        name, _, options = text.partition("=")
        chosen[name] = json.loads(options) if options else autoglm_tuner.VARIANTS[name]
    return chosen
