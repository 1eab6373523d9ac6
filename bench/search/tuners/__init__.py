"""The tuners. Each has

    ask() -> (number, params)    the next configuration; `number` counts from 0
    tell(number, value)          what it was worth; less is better
    recommended() -> params      what it would have one use; None: the best observed
    close()

and is made by a function of (problem, seed, trials). They keep their documented defaults.
"""

import functools
import importlib.metadata

from tuners import dlib_tuner, optuna_tuners, served_tuner


class Peer:
    """Another tuner: how it is made, the package whose version it has, and which problems it can
    do."""

    def __init__(self, make, package, suits=lambda problem: True):
        self.make, self.package, self.suits = make, package, suits

    @functools.cache
    def version(self):
        return f"{self.package} {importlib.metadata.version(self.package)}"


class ServedPeer(Peer):
    """One in an environment of its own."""

    def __init__(self, name, package):
        super().__init__(functools.partial(served_tuner.ServedTuner, name), package)
        self.name = name

    @functools.cache
    def version(self):
        return f"{self.package} {served_tuner.version(self.name, self.package)}"


PEERS = {
    "optuna-random": Peer(optuna_tuners.random, "optuna"),
    "optuna-cmaes": Peer(optuna_tuners.cmaes, "optuna"),
    "optuna-tpe": Peer(optuna_tuners.tpe, "optuna"),
    "optuna-tpe-group": Peer(optuna_tuners.tpe_group, "optuna"),
    "optuna-gp": Peer(optuna_tuners.gp, "optuna"),
    "dlib": Peer(dlib_tuner.DlibTuner, "dlib-bin", lambda problem: problem.space.is_numeric),
    "smac": ServedPeer("smac", "smac"),
    "ax": ServedPeer("ax", "ax-platform"),
    "hebo": ServedPeer("hebo", "HEBO"),
}

FAST = ("optuna-random", "optuna-cmaes", "optuna-tpe", "optuna-tpe-group", "dlib")
STANDARD = (*FAST, "optuna-gp")
SLOW = ("optuna-random", "optuna-tpe-group", "optuna-gp", "smac", "ax", "hebo")
