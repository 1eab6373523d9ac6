#!/usr/bin/env python3
"""Prints the reference values in the tests beside it.

Needs numpy, scipy, scikit-learn and mpmath; made with scipy 1.17, scikit-learn 1.9, mpmath 1.4.
"""

import mpmath
import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm, qmc, yeojohnson
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

POINTS = np.array([[0.1, 0.2], [0.4, 0.9], [0.8, 0.5], [0.7, 0.1], [0.3, 0.6]])
TARGETS = np.array([0.5, -1.2, 0.3, 1.4, -1.0])
AT = np.array([[0.1, 0.2], [0.5, 0.5], [1.0, 1.0]])
LENGTHS, SIGNAL, NOISE = [0.4, 0.7], 1.3, 0.05


def show(name, values):
    print(f"{name}: " + ", ".join(repr(float(v)) for v in np.ravel(values)))


def covariance(a, b, lengths, signal):
    """Without noise; the constant's prior has variance 1."""
    return (signal * Matern(lengths, nu=2.5) + ConstantKernel(1.0))(a, b)


def kernel():
    show("kernel", 1.3 * Matern([0.4, 0.7], nu=2.5)(POINTS[:2], AT))


def regression():
    noiseless = ConstantKernel(SIGNAL) * Matern(LENGTHS, nu=2.5) + ConstantKernel(1.0)
    model = GaussianProcessRegressor(noiseless + WhiteKernel(NOISE), alpha=0,
                                     optimizer=None)
    model.fit(POINTS, TARGETS)
    mean, deviation = model.predict(AT, return_std=True)
    show("log marginal likelihood", model.log_marginal_likelihood_value_)
    show("means", mean)
    show("variances", deviation**2 - NOISE)
    left_out = []
    for i in range(len(POINTS)):
        rest = np.arange(len(POINTS)) != i
        model.fit(POINTS[rest], TARGETS[rest])
        left_out.append(model.predict(POINTS[i : i + 1])[0])
    show("leave-one-out means", left_out)


def negated_posterior(logs):
    lengths, signal, noise = np.exp(logs[:2]), np.exp(logs[2]), np.exp(logs[3])
    matrix = covariance(POINTS, POINTS, lengths, signal) + noise * np.eye(len(POINTS))
    fit = TARGETS @ np.linalg.solve(matrix, TARGETS) / 2 + np.linalg.slogdet(matrix)[1] / 2
    means, deviations = np.array([np.log(0.5)] * 2 + [0, -6]), np.array([1, 1, 1, 2])
    return fit + np.sum(((logs - means) / deviations) ** 2) / 2


def posterior():
    show("negated posterior", negated_posterior(np.log(LENGTHS + [SIGNAL, NOISE])))
    starts = np.random.default_rng(0).normal(size=(50, 4)) * 2
    bounds = [(np.log(0.02), np.log(60))] * 2 + [(np.log(1e-3), np.log(1e3))] + [
        (np.log(1e-6), np.log(10))]
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


for section in (kernel, regression, posterior, log_improvement, sobol, power):
    print(f"-- {section.__name__}")
    section()
