"""The tuners. Each has

    ask() -> (number, params)    the next configuration; `number` counts from 0
    tell(number, value)          what it was worth; less is better
    recommended() -> params      what it would have one use; None: the best observed
    close()

and is made by a function of (problem, seed, trials). They keep their documented defaults.
"""

import importlib.metadata

from tuners import dlib_tuner, optuna_tuners


class Peer:
    """Another tuner: how it is made, what version it is, and which problems it can do."""

    def __init__(self, make, package, suits=lambda problem: True):
        self.make, self.package, self.suits = make, package, suits

    def version(self):
        return f"{self.package} {importlib.metadata.version(self.package)}"


PEERS = {
    "optuna-random": Peer(optuna_tuners.random, "optuna"),
    "optuna-cmaes": Peer(optuna_tuners.cmaes, "optuna"),
    "optuna-tpe": Peer(optuna_tuners.tpe, "optuna"),
    "optuna-tpe-group": Peer(optuna_tuners.tpe_group, "optuna"),
    "optuna-gp": Peer(optuna_tuners.gp, "optuna"),
    "dlib": Peer(dlib_tuner.DlibTuner, "dlib-bin", lambda problem: problem.space.is_numeric),
}

FAST = ("optuna-random", "optuna-cmaes", "optuna-tpe", "optuna-tpe-group", "dlib")
STANDARD = (*FAST, "optuna-gp")
