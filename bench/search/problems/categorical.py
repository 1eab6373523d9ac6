"""Synthetic categories: additive effects, effects of pairs, and numbers whose best value depends on
a category."""

import numpy

from problems import DESIGN, HELD_OUT, Problem
from space import Space, categorical, uniform


def categories(half, seed, levels, numbers):
    """The function with this seed of `len(levels)` categories and so many numbers."""
    rng = numpy.random.default_rng([20251123, seed])
    names = [f"c{i}" for i in range(len(levels))]
    choices = {name: [f"{name}v{j}" for j in range(count)] for name, count in zip(names, levels)}
    index = {choice: j for name in names for j, choice in enumerate(choices[name])}
    alone = [rng.exponential(size=count) for count in levels]
    pairs = [tuple(rng.choice(len(levels), 2, replace=False)) for _ in levels]
    together = [rng.normal(scale=0.5, size=(levels[a], levels[b])) for a, b in pairs]
    parents = rng.integers(len(levels), size=numbers)
    best = [rng.choice([-1, 1], levels[parent]) * rng.uniform(0.4, 0.9, levels[parent])
            for parent in parents]

    def evaluate(params, trial, seed):
        at = [index[params[name]] for name in names]
        value = sum(effect[j] for effect, j in zip(alone, at))
        value += sum(effect[at[a], at[b]] for effect, (a, b) in zip(together, pairs))
        return float(value + sum((params[f"x{i}"] - best[i][at[parent]]) ** 2
                                 for i, parent in enumerate(parents)))

    space = Space([*(categorical(name, choices[name]) for name in names),
                   *(uniform(f"x{i}", -1, 1) for i in range(numbers))])
    return Problem(f"categories-{seed}-c{len(levels)}-x{numbers}", "categorical", half, space,
                   evaluate, optimum=_least(levels, alone, pairs, together))


def _least(levels, alone, pairs, together):
    """The least sum of effects, from all combinations; the numbers add nothing at their best."""
    total = numpy.zeros(levels)
    for axis, effect in enumerate(alone):
        total += effect.reshape([-1 if i == axis else 1 for i in range(len(levels))])
    for (a, b), effect in zip(pairs, together):
        effect = effect if a < b else effect.T
        total += effect.reshape([count if i in (a, b) else 1 for i, count in enumerate(levels)])
    return float(total.min())


def standard():
    return [categories(DESIGN, 1, (4, 6, 3, 5, 7, 4), 2),
            categories(HELD_OUT, 2, (3, 5, 2, 4, 3, 5, 4, 2), 3)]


def overnight():
    return [categories(HELD_OUT, 3, (5, 5, 5, 5, 5), 0), categories(HELD_OUT, 4, (10, 8, 6), 5)]
