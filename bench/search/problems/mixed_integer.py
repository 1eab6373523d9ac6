"""Integers beside numbers: COCO's suite `bbob-mixint` (Tušar, Brockhoff and Hansen, 2019). Four
of five parameters are integers, of 2, 4, 8 and 16 values."""

from problems import DESIGN, HELD_OUT
from problems.coco import coco


def _mixint(half, number, dimension, instance):
    return coco("bbob-mixint", "mixed_integer", half, number, dimension, instance)


def standard():
    return [
        _mixint(DESIGN, 3, 5, 1),     # Rastrigin, separable
        _mixint(DESIGN, 10, 10, 2),   # ellipsoid, rotated
        _mixint(HELD_OUT, 8, 10, 1),  # Rosenbrock
        _mixint(HELD_OUT, 21, 5, 3),  # 101 Gaussian peaks
    ]


def overnight():
    return [_mixint(HELD_OUT, number, dimension, 5)
            for number, dimension in ((1, 20), (8, 20), (15, 10), (24, 5))]
