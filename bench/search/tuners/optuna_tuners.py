"""Optuna's samplers through its ask and tell, the space defined by run."""

import warnings

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)


class OptunaTuner:
    def __init__(self, space, sampler):
        self.space = space
        self.study = optuna.create_study(sampler=sampler)

    def ask(self):
        trial = self.study.ask()
        params = {}
        for parameter in self.space:
            if parameter.is_active(params):
                params[parameter.name] = _suggest(trial, parameter)
        return trial.number, params

    def tell(self, number, value):
        self.study.tell(number, value)

    def recommended(self):
        return None

    def close(self):
        pass


def _suggest(trial, parameter):
    if parameter.kind == "categorical":
        return trial.suggest_categorical(parameter.name, parameter.choices)
    suggest = trial.suggest_int if parameter.is_integer else trial.suggest_float
    return suggest(parameter.name, parameter.low, parameter.high, log=parameter.is_log)


def random(problem, seed, trials):
    return OptunaTuner(problem.space, optuna.samplers.RandomSampler(seed=seed))


def tpe(problem, seed, trials):
    return OptunaTuner(problem.space, optuna.samplers.TPESampler(seed=seed))


def tpe_group(problem, seed, trials):
    """As its documentation advises for conditional spaces: a joint model for each branch."""
    return OptunaTuner(problem.space,
                       optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True))


def gp(problem, seed, trials):
    return OptunaTuner(problem.space, optuna.samplers.GPSampler(seed=seed))


def cmaes(problem, seed, trials):
    """What is no number, and what is conditional, it draws at random."""
    return OptunaTuner(problem.space, optuna.samplers.CmaEsSampler(
        seed=seed, warn_independent_sampling=False))
