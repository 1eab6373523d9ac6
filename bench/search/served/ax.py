"""Ax (Olson et al., 2025) by its client. Conditions as it documents them: parameters that depend on
the value of a choice."""

import logging
import warnings

from ax.api.client import Client
from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")


class Tuner:
    def __init__(self, space, seed, trials, noisy):
        self.client = Client(random_seed=seed)
        self.client.configure_experiment(parameters=[_config(p, space) for p in space])
        self.client.configure_optimization(objective="-value")

    def ask(self):
        (number, params), = self.client.get_next_trials(max_trials=1).items()
        return number, params

    def tell(self, number, value):
        self.client.complete_trial(trial_index=number, raw_data={"value": value})


def _config(parameter, space):
    if parameter.kind == "categorical":
        children = {choice: [p.name for p in space
                             if p.parent == parameter.name and choice in p.on]
                    for choice in parameter.choices}
        return ChoiceParameterConfig(
            name=parameter.name, values=list(parameter.choices), parameter_type="str",
            is_ordered=False, dependent_parameters={c: n for c, n in children.items() if n} or None)
    return RangeParameterConfig(
        name=parameter.name, bounds=(parameter.low, parameter.high),
        parameter_type="int" if parameter.is_integer else "float",
        scaling="log" if parameter.is_log else "linear")
