"""Synthetic choices of an algorithm: a tree of conditions.

The root picks an algorithm. Each choice has parameters and a function of its own, and may pick
again further down. The value is the sum along the path. A choice that is bad on average may hold
the optimum, as a neural network does that nobody has tuned yet.
"""

import math

import numpy

from problems import DESIGN, HELD_OUT, Problem
from space import Parameter, Space, categorical

KINDS = ("uniform", "log_uniform", "int", "log_int")


class Term:
    """A function of some parameters whose least value is 0, at a place that is not the middle."""

    def __init__(self, name, rng, when):
        self.parameters = [_parameter(f"{name}_{i}", rng, when) for i in range(rng.integers(1, 4))]
        self.shape = SHAPES[rng.integers(len(SHAPES))]
        self.scale = rng.uniform(0.7, 2.0)
        count = len(self.parameters)
        self.rotation, _ = numpy.linalg.qr(rng.normal(size=(count, count)))
        self.best = [_off_centre(p, rng) for p in self.parameters]

    def __call__(self, params):
        offset = [_position(p, params[p.name]) - _position(p, best)
                  for p, best in zip(self.parameters, self.best)]
        return self.scale * self.shape(self.rotation @ numpy.array(offset))


class Choice:
    """A node of the tree: a categorical parameter, and what hangs on each of its choices."""

    def __init__(self, name, rng, depth, when):
        count = int(rng.integers(3, 5)) if not when else int(rng.integers(2, 4))
        self.parameter = categorical(name, [f"{name}{i}" for i in range(count)], **when)
        self.penalties = rng.permutation(numpy.linspace(0, 0.6, count))
        self.terms, self.below = {}, {}
        for choice in self.parameter.choices:
            on = {"parent": name, "on": (choice,)}
            self.terms[choice] = Term(choice, rng, on)
            if depth > 1 and rng.random() < 0.6:
                self.below[choice] = Choice(choice + "n", rng, depth - 1, on)

    def parameters(self):
        yield self.parameter
        for choice in self.parameter.choices:
            yield from self.terms[choice].parameters
            if choice in self.below:
                yield from self.below[choice].parameters()

    def __call__(self, params):
        choice = params[self.parameter.name]
        value = self.penalties[self.parameter.choices.index(choice)] + self.terms[choice](params)
        return value + (self.below[choice](params) if choice in self.below else 0)

    def least(self):
        return min(penalty + (self.below[choice].least() if choice in self.below else 0)
                   for choice, penalty in zip(self.parameter.choices, self.penalties))


def _parameter(name, rng, when):
    kind = KINDS[rng.choice(len(KINDS), p=(0.4, 0.3, 0.2, 0.1))]
    low, high = {"uniform": (-2.0, 3.0), "log_uniform": (1e-5, 1e-1), "int": (1, 12),
                 "log_int": (4, 512)}[kind]
    return Parameter(name, kind, low, high, **when)


def _position(parameter, value):
    """Where a value lies in its range, from 0 to 1."""
    scale = math.log if parameter.is_log else float
    low = scale(parameter.low)
    return (scale(value) - low) / (scale(parameter.high) - low)


def _off_centre(parameter, rng):
    """A value of the parameter that is neither near the middle nor at a bound."""
    position = rng.uniform(0.08, 0.35) if rng.random() < 0.5 else rng.uniform(0.65, 0.92)
    if parameter.is_log:
        value = parameter.low * (parameter.high / parameter.low) ** position
    else:
        value = parameter.low + position * (parameter.high - parameter.low)
    return round(value) if parameter.is_integer else value


def _bowl(z):
    return 4 * float(numpy.mean(z * z))


def _cusp(z):
    return 1.3 * float(numpy.mean(numpy.abs(z) ** 0.7))


def _waves(z):
    return 2 * float(numpy.mean(z * z + 0.15 * (1 - numpy.cos(6 * numpy.pi * z))))


def _valley(z):
    bend = float(numpy.sum((z[1:] - 2 * z[:-1] ** 2) ** 2))
    return 3 * bend + float(numpy.mean(z * z))


SHAPES = (_bowl, _cusp, _waves, _valley)


def tree(half, seed, depth):
    """The tree with this seed, and so many levels of choices at most."""
    rng = numpy.random.default_rng([20251122, seed])
    common = Term("common", rng, {})
    root = Choice("algorithm", rng, depth, {})
    space = Space([*common.parameters, *root.parameters()])

    def evaluate(params, trial, seed):
        return float(common(params) + root(params))

    return Problem(f"tree-{seed}-depth{depth}", "conditional", half, space, evaluate,
                   optimum=float(root.least()))


def standard():
    return [tree(DESIGN, 2, 2), tree(DESIGN, 9, 3), tree(HELD_OUT, 8, 2), tree(HELD_OUT, 18, 3)]


def overnight():
    return [tree(HELD_OUT, 5, 2), tree(HELD_OUT, 13, 3), tree(HELD_OUT, 7, 4)]
