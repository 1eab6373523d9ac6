"""Kernels compiled by nvcc, and launches of them."""

import pathlib
import struct
import subprocess
import tempfile

import numpy as np

from block import Block
from environment import find_nvcc
from memory import Memory
from program import Unknown, parse

ROOT = pathlib.Path(__file__).resolve().parents[3]
STORED = {"f32": np.float32, "bf16": np.uint16, "f16": np.float16}


def compile_kernels(source, root=ROOT):
    """The kernels of a file of gpu/cuda, by name; `root`: the folder whose gpu/ is compiled."""
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "kernels.ptx"
        ran = subprocess.run(
            [find_nvcc(), "-std=c++20", "-O3", "-ptx", "-arch=compute_80", f"-I{root}", f"-I{ROOT}",
             "-o", target, pathlib.Path(root) / "gpu/cuda" / source],
            text=True, capture_output=True)
        if ran.returncode != 0:
            raise SystemExit(f"nvcc, {source}: {ran.stderr[-2000:]}")
        return parse(target.read_text())


def number_of(values, kind):
    """f64 numbers as they are stored; what a bf16 cannot hold is cut off."""
    if kind == "bf16":
        return (np.asarray(values, np.float32).view(np.uint32) >> 16).astype(np.uint16)
    return np.asarray(values).astype(STORED[kind])


def value_of(numbers, kind):
    if kind == "bf16":
        return (numbers.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return numbers.astype(np.float64)


class Device:
    def __init__(self, kernels):
        self.kernels = kernels
        self.memory = Memory(1 << 22, 1 << 40)
        self.launched = set()

    def kernel(self, name, *parts):
        """The kernel whose mangled name holds its name and these parts."""
        found = [kernel for mangled, kernel in self.kernels.items()
                 if f"{len(name)}{name}I" in mangled and all(part in mangled for part in parts)]
        if len(found) != 1:
            raise Unknown(f"{len(found)} kernels are called {name} {parts}")
        return found[0]

    def launch(self, kernel, grid, *arguments):
        """`grid`: (x, y) blocks; an argument: (layout as of struct, values…)."""
        if len(arguments) != len(kernel.parameters):
            raise Unknown(f"{kernel.name} takes {len(kernel.parameters)} arguments")
        parameters = {}
        for (name, size), (layout, *values) in zip(kernel.parameters, arguments):
            raw = struct.pack("@" + layout, *values)
            if not size - 8 < len(raw) <= size:
                raise Unknown(f"{name} has {size} bytes, not {len(raw)}")
            parameters[name] = raw.ljust(size, b"\xff")
        for y in range(grid[1]):
            for x in range(grid[0]):
                Block(kernel, self.memory, parameters, (x, y), grid).run()
        self.launched.add(kernel.name)

    def put(self, values, kind="f32", constant=True, shift=0):
        """`shift`: bytes by which the array is not aligned."""
        return self.memory.put(number_of(values, kind), constant, shift)

    def empty(self, count, kind="f32", shift=0):
        return self.memory.allocate(count * np.dtype(STORED[kind]).itemsize, shift)

    def get(self, address, count, kind="f32"):
        return value_of(self.memory.get(address, STORED[kind], count), kind)
