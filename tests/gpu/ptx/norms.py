"""What both norms' backward passes share: their gradients, those of gain and shift added to what is
there."""

import numpy as np

STARTS = {"dgamma": 2.0, "dbeta": -3.0}


def added_gradients(device, count):
    """Addresses of dgamma and dbeta."""
    return [device.put(np.full(count, start), constant=False) for start in STARTS.values()]


def check_gradients(check, what, kind, addresses, expected):
    check.same(f"{what}: dx", addresses["dx"], expected["dx"], kind)
    for name, start in STARTS.items():
        check.same_added(f"{what}: {name}", addresses[name], expected[name], start)
