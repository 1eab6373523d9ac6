"""Memory that knows of each byte whether it is allocated, written, and may be written."""

import numpy as np

OUTSIDE, FRESH, WRITTEN, CONSTANT = range(4)
POISON = 0xFF  # NaN in every type
GAP = 256  # bytes between allocations


class Fault(Exception):
    """What a kernel must not do."""


class Memory:
    """`base`: the address of its first byte."""

    def __init__(self, size, base):
        self.base = base
        self.bytes = np.full(size, POISON, np.uint8)
        self.state = np.full(size, OUTSIDE, np.uint8)
        self.end = 0

    def allocate(self, count, shift=0):
        """An address: a multiple of 256, and `shift` more."""
        start = -(-self.end // 256) * 256 + shift
        if start + count > len(self.bytes):
            raise MemoryError("the interpreter's memory is too small")
        self.state[start:start + count] = FRESH
        self.end = start + count + GAP
        return self.base + start

    def put(self, numbers, constant=False, shift=0):
        """The address of a copy of an array."""
        raw = np.ascontiguousarray(numbers).view(np.uint8).ravel()
        address = self.allocate(len(raw), shift)
        start = address - self.base
        self.bytes[start:start + len(raw)] = raw
        self.state[start:start + len(raw)] = CONSTANT if constant else WRITTEN
        return address

    def get(self, address, kind, count):
        """An array that was put, or written by a kernel."""
        start = address - self.base
        size = count * np.dtype(kind).itemsize
        if (self.state[start:start + size] < WRITTEN).any():
            raise Fault("a result was not written")
        return self.bytes[start:start + size].copy().view(kind)

    def places(self, addresses, size, least, what):
        """The indices of each access's bytes, [accesses, size]; a fault if one is not allowed."""
        starts = (addresses - np.uint64(self.base)).astype(np.int64)
        if ((starts < 0) | (starts > len(self.bytes) - size)).any():
            raise Fault(f"{what} outside of every array")
        if (starts % size).any():
            raise Fault(f"{what} at an address that is no multiple of {size}")
        places = starts[:, None] + np.arange(size)
        worst = self.state[places].min()
        if worst == OUTSIDE:
            raise Fault(f"{what} outside of every array")
        if worst < least:
            raise Fault(f"{what} of what was not written")
        return places

    def load(self, addresses, size):
        """[accesses, size] bytes."""
        return self.bytes[self.places(addresses, size, WRITTEN, "load")]

    def store(self, addresses, raw):
        places = self.places(addresses, raw.shape[1], FRESH, "store")
        if (self.state[places] == CONSTANT).any():
            raise Fault("store into what is only read")
        if len(np.unique(places[:, 0])) != len(places):
            raise Fault("store of several threads to one address")
        self.bytes[places] = raw
        self.state[places] = WRITTEN
