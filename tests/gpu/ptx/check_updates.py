"""updates.cu: SGD, Adam, AdamW; sums.cu: sums over arrays, and the judgement of gradients."""

import numpy as np

import references
from common import MANGLED, THREADS, Check, blocks
from device import number_of, value_of

STATE = [("loss_scale", "f4"), ("gradient_norm", "f4"), ("factor", "f4"), ("skip", "i4"),
         ("good_steps", "i4"), ("applied", "i4"), ("overflows", "i4")]
RULE = {"clip_norm": 0.0, "dynamic_scale": True, "growth": 2.0, "backoff": 0.5,
        "growth_interval": 3, "least_scale": 1.0, "greatest_scale": 65536.0}
NOTHING = ("c", b"\0")  # an object without members


def step_state(device, **fields):
    """StepState of trainer/nn/backend.h."""
    return device.memory.put(np.array([tuple(fields.get(name, 0) for name, _ in STATE)], STATE))


def update_arrays(check, kind, n, shift, names):
    """The arrays of an update, and the first argument of its kernels; kind "": no working copy."""
    device = check.device
    values = {"master": check.numbers(n), "gradient": check.numbers(n, scale=64.0),
              "first": check.numbers(n, scale=0.1),
              "second": value_of(number_of(check.numbers(n, scale=0.1)**2, "f32"), "f32")}
    where = {name: device.put(values[name], constant=name == "gradient", shift=shift)
             if name in ("master", "gradient", *names) else 0 for name in values}
    where["working"] = device.empty(n, kind or "f32", shift) if kind else 0
    argument = ("qPPPPP?", n, where["master"], where["gradient"], where["first"], where["second"],
                where["working"], shift == 0)
    return values, where, argument


def check_update(check, what, kind, where, expected):
    for name, address in where.items():
        if name in expected and address:
            check.same(f"{what}: {name}", address, expected[name])
    if where["working"]:
        check.same(f"{what}: working", where["working"], expected["master"], kind)


def adam_numbers(beta1, beta2, *others):
    """AdamNumbers of gpu/cuda/updates.cu."""
    decays = (part for beta in (beta1, beta2) for part in (beta, 1 - beta, np.log(beta)))
    return "fffffffff?", *decays, *others


def check_adam(check, kind, n, t, decoupled=True, shift=0):
    device = check.device
    values, where, argument = update_arrays(check, kind, n, shift, ("first", "second"))
    lr, epsilon, decay = map(float, np.float32([0.01, 1e-3, 0.1]))
    beta1, beta2 = 0.9, 0.999
    device.launch(device.kernel("adam_kernel", f"I{MANGLED[kind or 'f32']}E"),
                  (min(blocks(n, THREADS * 4), 2), 1), argument,
                  adam_numbers(beta1, beta2, lr, epsilon, decay, decoupled),
                  ("P", step_state(device, factor=1 / 64, applied=t)))
    expected = references.adam(*values.values(), t, 1 / 64, lr, beta1, beta2, epsilon, decay,
                               decoupled)
    check_update(check, f"adam {kind} {n} step {t} decoupled {decoupled}", kind, where, expected)


def check_sgd(check, kind, n, momentum, nesterov=False, shift=0):
    device = check.device
    names = ("first",) if momentum else ()
    values, where, argument = update_arrays(check, kind, n, shift, names)
    lr, momentum, decay = map(float, np.float32([0.05, momentum, 0.01]))
    device.launch(device.kernel("sgd_kernel", f"I{MANGLED[kind or 'f32']}E"),
                  (min(blocks(n, THREADS * 4), 2), 1), argument,
                  ("ff?f", lr, momentum, nesterov, decay), ("P", step_state(device, factor=1 / 64)))
    buffer = values["first"] if momentum else 0
    expected = references.sgd(values["master"], values["gradient"], buffer, 1 / 64, lr, momentum,
                              nesterov, decay)
    what = f"sgd {kind} {n} momentum {momentum} nesterov {nesterov}"
    check_update(check, what, kind, where, expected)


def check_skipped(check, name, *arguments):
    """After an overflow nothing changes."""
    device = check.device
    values, where, argument = update_arrays(check, "f32", 5, 0, ("first", "second"))
    device.launch(device.kernel(name, "IfE"), (1, 1), argument, *arguments,
                  ("P", step_state(device, factor=1, applied=1, skip=1)))
    for array in ("master", "first", "second"):
        check.same(f"{name}, skipped: {array}", where[array], (values[array], 0 * values[array]))


def check_updates(kernels):
    check = Check(kernels, 4)
    for kind in ("f32", "bf16", "f16"):
        check_adam(check, kind, 1027, 1)
        check_adam(check, kind, 9, 1000, decoupled=False)
        check_sgd(check, kind, 1027, 0.9, nesterov=True)
        check_sgd(check, kind, 9, 0.0)
    check_adam(check, "", 2053, 3)  # more than two blocks treat at once
    check_adam(check, "f32", 7, 3, shift=4)
    check_sgd(check, "", 2053, 0.9)
    check_sgd(check, "f32", 7, 0.9, shift=4)
    check_skipped(check, "adam_kernel", adam_numbers(0.9, 0.999, 0.1, 1e-8, 0, True))
    check_skipped(check, "sgd_kernel", ("ff?f", 0.1, 0.9, False, 0))
    return check


def reduce(device, term, term_argument, finish, finish_argument, numbers, shift=0):
    """`term`, `finish`: the types that say what is added and what becomes of the sum."""
    grid = (blocks(numbers.size, THREADS * 4), 1)
    partials = device.memory.allocate(8 * grid[0])
    device.launch(device.kernel("partials_kernel", f"_{term}E"), grid, term_argument,
                  ("P", device.put(numbers, shift=shift)), ("q", numbers.size), ("?", shift == 0),
                  ("P", partials))
    device.launch(device.kernel("finish_kernel", f"_{finish}E"), (1, 1), finish_argument,
                  ("P", partials), ("i", grid[0]))


def check_judgement(check, gradients, state, shift=0, **changes):
    device = check.device
    rule = {**RULE, **changes}
    state = {"loss_scale": 16.0, "gradient_norm": 0, "factor": 0, "skip": 0, "good_steps": 0,
             "applied": 7, "overflows": 1, **state}
    place = step_state(device, **state)
    finish = ("f?ffiffP", *rule.values(), place)
    reduce(device, "6Square", NOTHING, "5Judge", finish, gradients, shift)
    found = device.memory.get(place, np.dtype(STATE), 1)[0]
    for name, value in references.judgement(gradients, state, rule).items():
        check.near(f"judge_gradients {gradients.size} {state} {changes}: {name}",
                   np.array([float(found[name])]), np.array([float(value)]))


def check_statistics(check, n, shift):
    """The sum that is added to a total; mean and variance of gradients that a state scales."""
    device = check.device
    numbers = check.numbers(n, offset=3.0)
    total = device.memory.put(np.array([2.5]))
    reduce(device, "6Itself", NOTHING, "5AddTo", ("P", total), numbers, shift)
    mean, moments = device.memory.allocate(8), device.empty(2)
    reduce(device, "6Itself", NOTHING, "9StoreMean", ("Pq", mean, n), numbers, shift)
    reduce(device, "16SquaredDeviation", ("P", mean), "12StoreMoments",
           ("PqPP", mean, n, step_state(device, factor=0.125), moments), numbers, shift)
    found = np.concatenate([device.memory.get(total, np.float64, 1), device.get(moments, 2)])
    expected = np.array([2.5 + numbers.sum(), numbers.mean() / 8, numbers.var() / 64])
    check.near(f"sums of {n} numbers", found, expected)


def check_sums(kernels):
    check = Check(kernels, 5)
    check_statistics(check, 1030, 0)
    check_statistics(check, 3, 4)
    check_judgement(check, check.numbers(1), {})
    check_judgement(check, check.numbers(2051), {"good_steps": 2})  # the scale grows
    check_judgement(check, check.numbers(5), {"good_steps": 2, "loss_scale": 4e4})  # to the limit
    check_judgement(check, check.numbers(1030), {}, shift=4, clip_norm=0.5)
    for bad in (np.inf, np.nan):
        overflown = check.numbers(1025)
        overflown[-1] = bad
        check_judgement(check, overflown, {"good_steps": 2})
        check_judgement(check, overflown, {}, dynamic_scale=False)
        check_judgement(check, overflown, {"loss_scale": 1.5})  # no further than to least_scale
    return check
