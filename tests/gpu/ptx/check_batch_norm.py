"""batch_norm.cu."""

import numpy as np

import references
from columns import column_map, column_sums
from common import MANGLED, WIDE, Check
from norms import added_gradients, check_gradients


RELU = 1  # nn::Activation


def check_batch_norm(check, kind, rows, channels, scale=1.0, activation=0):
    device = check.device
    width = WIDE[kind] if channels % WIDE[kind] == 0 else 1
    epsilon, momentum = 1e-5, 0.25
    x = check.numbers((rows, channels), kind, scale, 0.5)
    gamma, beta, running_mean = (check.numbers(channels) for _ in range(3))
    running_variance = check.numbers(channels)**2
    where = device.put(x, kind)
    mean, inverse = device.empty(channels), device.empty(channels)
    running = [device.put(values, constant=False) for values in (running_mean, running_variance)]
    arrays = (device.put(gamma), device.put(beta), mean, inverse, *running)
    norm = ("ffPPPPPPi", epsilon, momentum, *arrays, activation)
    column_sums(device, f"ReadMomentsI{MANGLED[kind]}E", ("Pq", where, channels), ("7Moments", 3),
                "FinishMoments", norm, rows, channels, width)
    expected = references.batch_norm(x, epsilon)
    what = f"batch_norm {kind} {rows}x{channels} scale {scale} activation {activation}"
    check.same(f"{what}: mean", mean, expected["mean"])
    check.same(f"{what}: inverse_deviation", inverse, expected["inverse"])
    for name, address, start, statistic in (
            ("running_mean", running[0], running_mean, expected["mean"]),
            ("running_variance", running[1], running_variance, expected["unbiased"])):
        followed = start + momentum * (statistic[0] - start)
        check.same(f"{what}: {name}", address,
                   (followed, np.abs(start) + np.abs(statistic[0]) + 0.1))
    for from_running in (False, True):
        check_applied(check, kind, x, (gamma, beta), (where, arrays, norm, width), from_running)
    check_batch_norm_backward(check, kind, x, (gamma, beta), (where, arrays, norm, width), what)


def check_applied(check, kind, x, line, forward, from_running):
    """y by the batch's own statistics, or by the running ones."""
    device = check.device
    where, arrays, norm, width = forward
    rows, channels = x.shape
    y = device.empty(x.size, kind)
    column_map(device, f"NormalizeI{MANGLED[kind]}E", (
        norm[0] + "PPq?", *norm[1:], where, y, channels, from_running), rows, channels, width)
    mean, spread = (device.get(address, channels)
                    for address in (arrays[4:] if from_running else arrays[2:4]))
    inverse = 1 / np.sqrt(spread + norm[1]) if from_running else spread
    gamma, beta = line
    magnitude = (np.abs(x) + np.abs(mean)) * inverse * np.abs(gamma) + np.abs(beta)
    expected = (x - mean) * inverse * gamma + beta
    if is_rectified(norm):
        expected = np.maximum(expected, 0)
    check.same(f"batch_norm {kind} {rows}x{channels}: y, running {from_running}", y,
               (expected, magnitude), kind)


def is_rectified(norm):
    return norm[-1] == RELU


def check_batch_norm_backward(check, kind, x, line, forward, what):
    device = check.device
    gamma, beta = line
    where, arrays, norm, width = forward
    rows, channels = x.shape
    dy = check.numbers(x.shape, kind)
    upstream = device.put(dy, kind, constant=False)
    dgamma, dbeta = added_gradients(device, channels)
    totals = device.empty(channels * 2)
    column_sums(device, f"ReadGradientsI{MANGLED[kind]}E",
                (norm[0] + "PPq", *norm[1:], where, upstream, channels), ("4SumsILi2E", 2),
                "FinishGradients", ("PPP", totals, dgamma, dbeta), rows, channels, width)
    column_map(device, f"NormalizeBackwardI{MANGLED[kind]}E", (
        norm[0] + "PPPPqq", *norm[1:], where, upstream, upstream, totals, rows, channels), rows,
        channels, width)
    mean, inverse = (device.get(address, channels) for address in arrays[2:4])
    if is_rectified(norm):
        dy = np.where((x - mean) * inverse * gamma + beta > 0, dy, 0)
    expected = references.norm_backward(x, dy, gamma, mean, inverse, 0)
    check_gradients(check, what, kind, {"dx": upstream, "dgamma": dgamma, "dbeta": dbeta}, expected)


def check_batch_norms(kernels):
    check = Check(kernels, 3)
    for kind in WIDE:
        check_batch_norm(check, kind, 37, 5)
        check_batch_norm(check, kind, 301, 16)
        check_batch_norm(check, kind, 67, 16, activation=RELU)
    check_batch_norm(check, "f32", 2, 33)
    check_batch_norm(check, "f32", 65, 3, scale=0.005)
    return check
