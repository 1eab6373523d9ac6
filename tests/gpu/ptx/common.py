"""What all checks share: types, teams of threads, and the comparison with references.py."""

import numpy as np

from device import Device, number_of, value_of

THREADS = 256
LONG_ROW = 1024  # longer ones are treated by a block, shorter ones by a warp
WIDE = {"f32": 4, "bf16": 8, "f16": 8}
MANGLED = {"f32": "f", "bf16": "13__nv_bfloat16", "f16": "6__half"}

# Of a result's magnitude (references.py): 16 roundings of f32, as sums of a thousand numbers by a
# block and functions exact to 2 ulp need at most. Of a result of 16 bits, half a unit in its last
# place; below its normal numbers f16 has a fixed unit.
ROUNDINGS = 2.0**-20
HALF_UNIT = {"f32": 0, "bf16": 2.0**-8, "f16": 2.0**-11}
LEAST_UNIT = {"f32": 0, "bf16": 0, "f16": 2.0**-25}


class Wrong(Exception):
    """A result that is not what it should be."""


def compare(what, found, expected, kind="f32"):
    values, magnitudes = expected
    found = found.reshape(values.shape)
    same = (found == values) | (np.isnan(found) & np.isnan(values))
    with np.errstate(all="ignore"):
        limits = ROUNDINGS * magnitudes + HALF_UNIT[kind] * np.abs(values) + LEAST_UNIT[kind]
        share = np.where(same, 0, np.abs(found - values) / np.maximum(limits, 1e-300))
    share = np.nan_to_num(share, nan=np.inf)
    if share.max(initial=0) > 1:
        at = np.unravel_index(share.argmax(), share.shape)
        raise Wrong(f"{what} at {[int(i) for i in at]}: {found[at]}, not {values[at]}; "
                    f"{share[at]:.3g} times the limit")
    return share.max(initial=0)


def blocks(n, of):
    return -(-n // of)


def team_of(columns):
    return 32 if columns <= LONG_ROW else THREADS


def team_grid(rows, columns):
    return blocks(rows, THREADS // team_of(columns)), 1


class Check:
    """A device, numbers to try, and the greatest share of a limit that was seen."""

    def __init__(self, kernels, seed):
        self.device = Device(kernels)
        self.random = np.random.default_rng(seed)
        self.worst = 0.0

    def numbers(self, shape, kind="f32", scale=1.0, offset=0.0):
        """Numbers that a type holds, as f64."""
        values = self.random.standard_normal(shape) * scale + offset
        return value_of(number_of(values, kind), kind)

    def same(self, what, address, expected, kind="f32"):
        found = self.device.get(address, expected[0].size, kind)
        self.worst = max(self.worst, compare(what, found, expected, kind))

    def near(self, what, found, values):
        self.worst = max(self.worst, compare(what, found, (values, np.abs(values))))

    def same_added(self, what, address, expected, start):
        """What was added to `start`."""
        values, magnitudes = expected
        self.same(what, address, (values + start, magnitudes + abs(start)))
