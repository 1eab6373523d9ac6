"""layer_norm.cu."""

import references
from columns import column_sums
from common import MANGLED, WIDE, Check, team_grid, team_of
from device import number_of, value_of
from norms import added_gradients, check_gradients


def check_layer_norm(check, kind, rows, columns, scale=1.0):
    device = check.device
    width = WIDE[kind] if columns % WIDE[kind] == 0 else 1
    epsilon = 1e-5
    x = check.numbers((rows, columns), kind, scale, 0.5)
    gamma, beta = check.numbers(columns, offset=1.0), check.numbers(columns)
    where = device.put(x, kind)
    y, mean, inverse = device.empty(x.size, kind), device.empty(rows), device.empty(rows)
    norm = ("fPPPP", epsilon, device.put(gamma), device.put(beta), mean, inverse)
    template = f"Li{team_of(columns)}ELi{width}E{MANGLED[kind]}E"
    grid = team_grid(rows, columns)
    device.launch(device.kernel("forward_kernel", template), grid, norm, ("P", where), ("P", y),
                  ("q", rows), ("q", columns))
    expected = references.layer_norm(x, gamma, beta, epsilon)
    what = f"layer_norm {kind} {rows}x{columns} scale {scale}"
    check.same(f"{what}: y", y, expected["y"], kind)
    check.same(f"{what}: mean", mean, expected["mean"])
    check.same(f"{what}: inverse_deviation", inverse, expected["inverse"])
    check_backward(check, kind, x, gamma, (where, norm, template, width), expected, what)


def check_backward(check, kind, x, gamma, forward, statistics, what):
    device = check.device
    where, norm, template, width = forward
    rows, columns = x.shape
    dy = check.numbers((rows, columns), kind)
    upstream = device.put(dy, kind, constant=False)
    saved = {name: value_of(number_of(statistics[name][0], "f32"), "f32")
             for name in ("mean", "inverse")}
    mean, inverse = (device.put(values) for values in saved.values())
    dgamma, dbeta = added_gradients(device, columns)
    column_sums(device, f"ReadGradientsI{MANGLED[kind]}E",
                ("PPPPq", where, upstream, mean, inverse, columns), ("4SumsILi2E", 2),
                "FinishGradients", ("PP", dgamma, dbeta), rows, columns, width)
    # dx takes dy's place.
    device.launch(device.kernel("backward_kernel", template), team_grid(rows, columns),
                  (*norm[:4], mean, inverse), ("PPP", where, upstream, upstream), ("q", rows),
                  ("q", columns))
    expected = references.norm_backward(x, dy, gamma, saved["mean"][:, None],
                                        saved["inverse"][:, None], 1)
    check_gradients(check, what, kind, {"dx": upstream, "dgamma": dgamma, "dbeta": dbeta}, expected)


def check_layer_norms(kernels):
    check = Check(kernels, 2)
    for kind in WIDE:
        for rows, columns in ((11, 40), (9, 37), (2, 1048), (2, 1031)):
            check_layer_norm(check, kind, rows, columns)
        # epsilon is a good part of the variance.
        check_layer_norm(check, kind, 3, 24, scale=0.01)
    check_layer_norm(check, "f32", 5, 1)
    return check
