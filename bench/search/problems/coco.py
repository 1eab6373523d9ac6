"""Functions of the COCO platform (Hansen et al., "COCO: a platform for comparing continuous
optimizers in a black-box setting", 2021), from the package coco-experiment."""

import functools
import os
import pathlib
import tempfile

import cocoex
import numpy

from problems import Problem
from space import Space, integer, uniform


@functools.cache
def _suite(name):
    return cocoex.Suite(name, "", "")


def _optimum(function):
    """The least value. COCO gives the place only through a file in the working directory."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            function._best_parameter("print")
            best = numpy.loadtxt(next(pathlib.Path(folder).glob("*best_parameter.txt")))
        finally:
            os.chdir(before)
    return float(function(best))


def _space(function):
    bounds = zip(function.lower_bounds, function.upper_bounds)
    integers = function.number_of_integer_variables  # these come first
    return Space([integer(f"x{i}", int(low), int(high)) if i < integers
                  else uniform(f"x{i}", float(low), float(high))
                  for i, (low, high) in enumerate(bounds)])


def coco(suite, family, half, number, dimension, instance):
    """The function `number` of a suite in so many dimensions; an instance is a shift and rotation
    of it."""
    function = _suite(suite).get_problem_by_function_dimension_instance(number, dimension, instance)

    def evaluate(params, trial, seed):
        return float(function([params[f"x{i}"] for i in range(dimension)]))

    return Problem(f"{suite}-f{number}-d{dimension}-i{instance}", family, half, _space(function),
                   evaluate, optimum=_optimum(function))
