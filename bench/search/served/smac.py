"""SMAC3 (Lindauer et al., 2022) by its facade for tuning: random forests, conditions included."""

import tempfile
import warnings

import ConfigSpace
from ConfigSpace import hyperparameters as kinds
from smac import HyperparameterOptimizationFacade, Scenario
from smac.runhistory.dataclasses import TrialValue

warnings.simplefilter("ignore")


class Tuner:
    def __init__(self, space, seed, trials, noisy):
        self.folder = tempfile.TemporaryDirectory()
        scenario = Scenario(_config_space(space, seed), n_trials=trials, seed=seed,
                            deterministic=not noisy, output_directory=self.folder.name)
        self.facade = HyperparameterOptimizationFacade(
            scenario, lambda config, seed=0: 0.0, logging_level=False, overwrite=True)
        self.infos = []

    def ask(self):
        self.infos.append(self.facade.ask())
        config = {name: value.item() if hasattr(value, "item") else value
                  for name, value in dict(self.infos[-1].config).items()}
        return len(self.infos) - 1, config

    def tell(self, number, value):
        self.facade.tell(self.infos[number], TrialValue(cost=value))


def _config_space(space, seed):
    configurations = ConfigSpace.ConfigurationSpace(seed=seed)
    made = {parameter.name: _hyperparameter(parameter) for parameter in space}
    configurations.add(list(made.values()))
    configurations.add([ConfigSpace.InCondition(made[p.name], made[p.parent], list(p.on))
                        for p in space if p.parent])
    return configurations


def _hyperparameter(parameter):
    if parameter.kind == "categorical":
        return kinds.CategoricalHyperparameter(parameter.name, list(parameter.choices))
    make = (kinds.UniformIntegerHyperparameter if parameter.is_integer
            else kinds.UniformFloatHyperparameter)
    return make(parameter.name, parameter.low, parameter.high, log=parameter.is_log)
