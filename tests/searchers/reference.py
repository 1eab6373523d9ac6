#!/usr/bin/env python3
"""Prints the reference values in the tests beside it.

Needs numpy, scipy, scikit-learn and mpmath; made with scipy 1.17, scikit-learn 1.9, mpmath 1.4.
"""

import mpmath
import numpy as np
from numpy.polynomial import Legendre
from scipy.optimize import minimize
from scipy.stats import norm, qmc, yeojohnson
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Kernel, Matern, WhiteKernel

POINTS = np.array([[0.1, 0.2], [0.4, 0.9], [0.8, 0.5], [0.7, 0.1], [0.3, 0.6]])
TARGETS = np.array([0.5, -1.2, 0.3, 1.4, -1.0])
AT = np.array([[0.1, 0.2], [0.5, 0.5], [1.0, 1.0]])
LENGTHS, SIGNAL, NOISE = [0.4, 0.7], 1.3, 0.05
# With a choice of three, one-hot over the root of 2.
CHOICES = np.array([0, 1, 2, 1, 0])
AT_CHOICES = np.array([0, 2, 1])
TREND = [0.2, 0.1, 0.3]  # linear, quadratic, additive


def show(name, values):
    print(f"{name}: " + ", ".join(repr(float(v)) for v in np.ravel(values)))


class Trend(Kernel):
    """The trend's covariance, with the polynomials from numpy, as a kernel of scikit-learn."""

    def __init__(self, numbers, trend):
        self.numbers, self.trend = numbers, trend

    def parts(self, x):
        t = 2 * np.asarray(x)[:, : self.numbers] - 1
        chosen = np.asarray(x)[:, self.numbers :] * np.sqrt(2)
        return (np.sqrt(3 / self.numbers) * Legendre.basis(1)(t),
                np.sqrt(5 / self.numbers) * Legendre.basis(2)(t),
                np.sqrt(chosen.shape[1]) * chosen)

    def __call__(self, x, y=None, eval_gradient=False):
        pairs = zip(self.trend, self.parts(x), self.parts(x if y is None else y))
        return sum(s * a @ b.T for s, a, b in pairs)

    def diag(self, x):
        return np.diag(self(x))

    def is_stationary(self):
        return False


def with_choices(points, choices):
    return np.hstack([points, np.eye(3)[choices] / np.sqrt(2)])


MIXED = with_choices(POINTS, CHOICES)
MIXED_AT = with_choices(AT, AT_CHOICES)


def covariance(a, b, lengths, signal, trend):
    """Without noise; the constant's prior has variance 1."""
    by_column = [*lengths[:2], *[lengths[2]] * 3]
    stationary = signal * Matern(by_column, nu=2.5) + ConstantKernel(1.0)
    return stationary(a, b) + Trend(2, trend)(a, b)


def kernel():
    show("kernel", 1.3 * Matern([0.4, 0.7], nu=2.5)(POINTS[:2], AT))


def regress(noiseless, points, at):
    model = GaussianProcessRegressor(noiseless + WhiteKernel(NOISE), alpha=0,
                                     optimizer=None)
    model.fit(points, TARGETS)
    mean, deviation = model.predict(at, return_std=True)
    show("log marginal likelihood", model.log_marginal_likelihood_value_)
    show("means", mean)
    show("variances", deviation**2 - NOISE)
    left_out = []
    for i in range(len(points)):
        rest = np.arange(len(points)) != i
        model.fit(points[rest], TARGETS[rest])
        left_out.append(model.predict(points[i : i + 1])[0])
    show("leave-one-out means", left_out)


def regression():
    regress(ConstantKernel(SIGNAL) * Matern(LENGTHS, nu=2.5) + ConstantKernel(1.0), POINTS, AT)


def regression_with_trend():
    stationary = ConstantKernel(SIGNAL) * Matern([*LENGTHS, 0.5, 0.5, 0.5], nu=2.5)
    regress(stationary + ConstantKernel(1.0) + Trend(2, TREND), MIXED, MIXED_AT)


def negated_posterior(logs):
    """Of three lengths, signal, noise and trend."""
    lengths, signal, noise, trend = (np.exp(logs[:3]), *np.exp(logs[3:5]), np.exp(logs[5:]))
    matrix = covariance(MIXED, MIXED, lengths, signal, trend) + noise * np.eye(len(MIXED))
    fit = TARGETS @ np.linalg.solve(matrix, TARGETS) / 2 + np.linalg.slogdet(matrix)[1] / 2
    means = np.array([np.log(0.5)] * 3 + [0, -6] + [np.log(0.15)] * 3)
    deviations = np.array([1, 1, 1, 1, 2, 1.5, 1.5, 1.5])
    return fit + np.sum(((logs - means) / deviations) ** 2) / 2


def posterior():
    start = np.log([*LENGTHS, 0.5, SIGNAL, NOISE, *TREND])
    show("negated posterior", negated_posterior(start))
    starts = np.random.default_rng(0).normal(size=(50, 8)) * 2
    bounds = [(np.log(0.02), np.log(60))] * 3 + [(np.log(1e-3), np.log(1e3))] + [
        (np.log(1e-6), np.log(10))] + [(np.log(1e-4), np.log(1e2))] * 3
    found = [minimize(negated_posterior, s, bounds=bounds, tol=1e-14) for s in starts]
    best = min(found, key=lambda result: result.fun)
    show("its minimum", best.fun)
    show("there", best.x)


def log_improvement():
    mpmath.mp.dps = 80
    for z in (10, 3, 1, 0, -1, -1.9999, -2, -2.5, -5, -10, -40, -1e3, -1e4):
        x = mpmath.mpf(z)
        distribution = mpmath.erfc(-x / mpmath.sqrt(2)) / 2
        h = mpmath.npdf(x) + x * distribution
        print(f"{{{z}, {mpmath.nstr(mpmath.log(h), 20)}, {mpmath.nstr(distribution / h, 20)}}},")


def log_distribution():
    mpmath.mp.dps = 80
    for z in (8, 1, 0, -1.9999, -2, -5, -40, -1e4):
        x = mpmath.mpf(z)
        distribution = mpmath.erfc(-x / mpmath.sqrt(2)) / 2
        ratio = mpmath.npdf(x) / distribution
        print(f"{{{z}, {mpmath.nstr(mpmath.log(distribution), 20)}, {mpmath.nstr(ratio, 20)}}},")


def sobol():
    points = qmc.Sobol(128, scramble=False, bits=32).random(1024)
    for index, dimension in ((1, 0), (5, 3), (77, 12), (500, 63), (1023, 127)):
        print(f"point {index}, dimension {dimension}: {points[index, dimension]!r}")


def power():
    """half_rank by hand (median 3, root of (4 + 1 + 0) / 3), then SciPy's maximum likelihood."""
    costs = np.array([1.0, 2.0, 3.0, 10.0, 1000.0])
    standard = (costs - costs.mean()) / costs.std()
    median = standard[2]
    spread = np.sqrt(np.mean((standard[:3] - median) ** 2))
    ranked = standard.copy()
    ranked[3:] = median + spread * norm.ppf([3.5 / 5, 4.5 / 5])
    ranked = (ranked - ranked.mean()) / ranked.std()
    show("half rank", ranked)
    powers, exponent = yeojohnson(ranked)
    show("exponent", exponent)
    show("half rank power", (powers - powers.mean()) / powers.std())


for section in (kernel, regression, regression_with_trend, posterior, log_improvement,
                log_distribution, sobol, power):
    print(f"-- {section.__name__}")
    section()
