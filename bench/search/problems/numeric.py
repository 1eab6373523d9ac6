"""Numeric parameters only: COCO's suite `bbob`. Between them the six functions of the tier
`standard` come from all of its five groups."""

from problems import DESIGN, HELD_OUT
from problems.coco import coco


def _bbob(half, number, dimension, instance):
    return coco("bbob", "numeric", half, number, dimension, instance)


def standard():
    return [
        _bbob(DESIGN, 8, 5, 1),     # Rosenbrock
        _bbob(DESIGN, 13, 10, 2),   # sharp ridge
        _bbob(DESIGN, 17, 3, 3),    # Schaffer's F7: many local optima
        _bbob(HELD_OUT, 3, 3, 4),   # Rastrigin, separable
        _bbob(HELD_OUT, 6, 10, 1),  # attractive sector
        _bbob(HELD_OUT, 21, 5, 2),  # 101 Gaussian peaks, no global structure
    ]


def overnight():
    return [_bbob(HELD_OUT, number, dimension, 5)
            for number, dimension in ((1, 20), (8, 20), (10, 10), (15, 5), (15, 20), (24, 10))]
