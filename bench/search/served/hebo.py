"""HEBO (Cowen-Rivers et al., 2022). It knows no conditions: inactive parameters are left out of
what is evaluated."""

import warnings

import numpy
import torch
from hebo.design_space.design_space import DesignSpace
from hebo.optimizers.hebo import HEBO

warnings.simplefilter("ignore")


class Tuner:
    def __init__(self, space, seed, trials, noisy):
        self.space = space
        numpy.random.seed(seed)
        torch.manual_seed(seed)
        self.optimizer = HEBO(DesignSpace().parse([_entry(p) for p in space]), scramble_seed=seed)
        self.suggested = []

    def ask(self):
        self.suggested.append(self.optimizer.suggest(1))
        row, params = self.suggested[-1].iloc[0], {}
        for parameter in self.space:
            if parameter.is_active(params):
                params[parameter.name] = _value(parameter, row[parameter.name])
        return len(self.suggested) - 1, params

    def tell(self, number, value):
        self.optimizer.observe(self.suggested[number], numpy.array([[value]]))


def _entry(parameter):
    if parameter.kind == "categorical":
        return {"name": parameter.name, "type": "cat", "categories": list(parameter.choices)}
    kind = {"uniform": "num", "log_uniform": "pow", "int": "int", "log_int": "pow_int"}
    return {"name": parameter.name, "type": kind[parameter.kind], "lb": parameter.low,
            "ub": parameter.high, **({"base": 10} if parameter.is_log else {})}


def _value(parameter, value):
    if parameter.kind == "categorical":
        return str(value)
    value = min(max(float(value), parameter.low), parameter.high)
    return round(value) if parameter.is_integer else value
