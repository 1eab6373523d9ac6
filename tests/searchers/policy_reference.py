#!/usr/bin/env python3
"""Prints the reference values in policy_reinforce_test.cpp: likelihood-ratio gradients by central
differences of log-densities from SciPy, which share nothing with the formulas under test.

Needs numpy and scipy; made with scipy 1.17.
"""

import numpy as np
from scipy.special import expit, log_softmax
from scipy.stats import norm, truncnorm

LEAST_DEVIATION = 0.08
STATE = np.array([1.0, 0.3, -0.2])
EPSILON, ALPHA, GAMMA, ENTROPY, KEPT = 0.1, 0.5, 0.9, 0.05, 0.8
# kind is one of three; n an integer of four; x a number, asked for where kind is "b".
THETA = {"kind": np.array([[0.2, 0.1, 0.0], [-0.3, 0.5, 0.4], [0.1, 0.0, -0.6]]),
         "n": np.array([[0.4, -0.2, 0.3], [-1.5, 0.2, 0.1]]),
         "x": np.array([[-0.8, 0.6, 0.2], [-1.1, -0.4, 0.5]])}
# Of two episodes the rewards and the steps: kind = "a", n = 4 (the last cell of four); kind = "b",
# n = 2, x = 0.3.
EPISODES = [(-0.4, [("kind", 0), ("n", (0.75, 1.0))]),
            (0.7, [("kind", 1), ("n", (0.25, 0.5)), ("x", 0.3)])]


def show(name, values):
    print(f"{name}: " + ", ".join(repr(float(v)) for v in np.ravel(values)))


def cut(mean, deviation):
    return truncnorm((0 - mean) / deviation, (1 - mean) / deviation, mean, deviation)


def log_density(mean, deviation, at):
    """Relative to the uniform distribution; of a cell where `at` is a pair."""
    if np.ndim(at) == 0:
        return cut(mean, deviation).logpdf(at)
    inside = norm.logcdf((at[1] - mean) / deviation) + np.log1p(
        -np.exp(norm.logcdf((at[0] - mean) / deviation) - norm.logcdf((at[1] - mean) / deviation)))
    whole = np.log(norm.cdf((1 - mean) / deviation) - norm.cdf(-mean / deviation))
    return inside - whole - np.log(at[1] - at[0])


def log_policy(theta, at):
    outputs = theta @ STATE
    if isinstance(at, int):
        head = log_softmax(outputs)[at] + np.log(len(outputs))
    else:
        head = log_density(expit(outputs[0]), LEAST_DEVIATION + np.exp(outputs[1]), at)
    return np.log((1 - EPSILON) * np.exp(head) + EPSILON)


def differences(function, at, h=1e-5):
    """Central ones, by Richardson's extrapolation exact to the fourth order."""
    gradient = np.empty_like(at)
    for i in np.ndindex(at.shape):
        def along(step):
            moved = at.copy()
            moved[i] += step
            return function(moved)
        gradient[i] = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)
    return gradient


def densities():
    for mean, deviation, at in [(0.3, 0.2, 0.45), (0.9, 0.05, 0.2), (0.02, 0.5, 0.0),
                                (0.3, 0.2, (0.25, 0.5)), (0.95, 0.03, (0.5, 0.75))]:
        parameters = np.array([mean, deviation])
        by = differences(lambda p: log_density(p[0], p[1], at), parameters)
        show(f"density {mean} {deviation} {at}", [log_density(mean, deviation, at), *by])


def updates():
    baseline = None
    for reward, steps in EPISODES:
        following, returns = 0.0, []
        for name, at in reversed(steps):
            earned = 0.0 if returns else reward
            following = earned - ENTROPY * log_policy(THETA[name], at) + GAMMA * following
            returns.insert(0, following)
        show("returns", returns)
        baseline = returns[0] if baseline is None else baseline
        for (name, at), gain in zip(steps, returns):
            score = differences(lambda moved: log_policy(moved, at), THETA[name])
            show(f"log pi of {name}", log_policy(THETA[name], at))
            show(f"score of {name}", score)
            THETA[name] = THETA[name] + ALPHA * (gain - baseline) * score
            show(f"{name} afterwards", THETA[name])
        baseline = KEPT * baseline + (1 - KEPT) * returns[0]
        show("baseline", baseline)


densities()
updates()
