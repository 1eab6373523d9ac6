"""losses.cu: softmax, cross-entropy with smoothing, focal loss, squared loss."""

import numpy as np

import references
from common import MANGLED, WIDE, Check, team_grid, team_of


def loss_output(scale, state, losses, gradient):
    """LossOutput of gpu/cuda/losses.h; type and shape of the gradient are not looked at."""
    return "fPPPi4xi4x4q", scale, state, losses, gradient, 0, 0, 0, 0, 0, 0


def check_class_loss(check, kind, rows, classes, smoothing=0.0, focal=None, in_place=False):
    device = check.device
    z = check.numbers((rows, classes), kind, 3.0)
    labels = check.random.integers(0, classes, rows).astype(np.int32)
    labels[rows // 2] = -1
    labels[0] = classes - 1
    scale, loss_scale = 0.25, 8.0
    state = device.memory.put(np.array([loss_scale] + [0] * 6, np.float32), constant=True)
    logits = device.put(z, kind, constant=not in_place)
    gradient = logits if in_place else device.empty(z.size, kind)
    losses = device.empty(rows)
    alpha, gamma = focal or (1.0, 2.0)
    device.launch(device.kernel("class_loss_kernel", f"Li{team_of(classes)}E{MANGLED[kind]}E"),
                  team_grid(rows, classes), ("f?ff", smoothing, focal is not None, alpha, gamma),
                  ("P", logits), ("P", device.memory.put(labels, constant=True)), ("q", rows),
                  ("q", classes), loss_output(scale, state, losses, gradient))
    expected = references.class_loss(z, labels, float(np.float32(smoothing)), focal,
                                     scale * loss_scale)
    what = f"class_loss {kind} {rows}x{classes} smoothing {smoothing} focal {focal}"
    check.same(f"{what}: losses", losses, expected["losses"])
    check.same(f"{what}: gradient", gradient, expected["gradient"], kind)


def check_label_without_class(check):
    """Its loss is NaN, its neighbour's is not; there need be no state and no gradient."""
    device = check.device
    z = check.numbers((2, 5))
    losses = device.empty(2)
    device.launch(device.kernel("class_loss_kernel", "Li32EfE"), (1, 1), ("f?ff", 0, False, 1, 2),
                  ("P", device.put(z)), ("P", device.memory.put(np.array([5, 1], np.int32))),
                  ("q", 2), ("q", 5), loss_output(1, 0, losses, 0))
    expected = references.class_loss(z, np.array([0, 1]), 0, None, 1)["losses"]
    expected[0][0] = np.nan
    check.same("class_loss of a label that no class has", losses, expected)


def check_softmax(check, kind, rows, classes):
    device = check.device
    z = check.numbers((rows, classes), kind, 3.0)
    found = device.empty(z.size)
    device.launch(device.kernel("softmax_kernel", f"Li{team_of(classes)}E{MANGLED[kind]}E"),
                  team_grid(rows, classes), ("P", device.put(z, kind)), ("P", found), ("q", rows),
                  ("q", classes))
    p = np.exp(references.log_softmax(z))
    check.same(f"softmax {kind} {rows}x{classes}", found, (p, p * (1 + np.abs(z).max(1))[:, None]))


def check_squared_loss(check, kind, rows, columns):
    device = check.device
    y = check.numbers((rows, columns), kind)
    target = check.numbers((rows, columns))
    losses, gradient = device.empty(rows), device.empty(y.size, kind)
    device.launch(device.kernel("squared_loss_kernel", f"Li{team_of(columns)}E{MANGLED[kind]}E"),
                  team_grid(rows, columns), ("P", device.put(y, kind)), ("P", device.put(target)),
                  ("q", rows), ("q", columns), loss_output(0.5, 0, losses, gradient))
    expected = references.squared_loss(y, target, 0.5)
    what = f"squared_loss {kind} {rows}x{columns}"
    check.same(f"{what}: losses", losses, expected["losses"])
    check.same(f"{what}: gradient", gradient, expected["gradient"], kind)


def check_losses(kernels):
    check = Check(kernels, 1)
    for kind in WIDE:
        for rows, classes in ((11, 37), (2, 1031)):
            check_class_loss(check, kind, rows, classes)
            check_softmax(check, kind, rows, classes)
            check_squared_loss(check, kind, rows, classes)
        check_class_loss(check, kind, 9, 3, smoothing=0.1, in_place=True)
        check_class_loss(check, kind, 9, 33, focal=(0.25, 2.0), in_place=True)
    check_class_loss(check, "f32", 2, 1025, smoothing=0.1)
    check_class_loss(check, "bf16", 3, 1026, focal=(0.5, 1.5), in_place=True)
    check_class_loss(check, "f32", 5, 4, focal=(1.0, 0.5))
    check_label_without_class(check)
    return check
