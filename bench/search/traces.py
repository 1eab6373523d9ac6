"""Runs and what is kept of them: a trace is one tuner on one problem with one seed."""

import heapq
import itertools
import json
import lzma
import math
import os
import pathlib
import platform
import re
import time
import zlib

import numpy

CHECKPOINTS = (5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100, 120, 150, 200)


def run(problem, tuner, seed, trials, workers=1):
    """Tunes the problem; the values in the order in which they were told, what was recommended
    (noisy problems), and the milliseconds of each suggestion. With several workers each trial has
    a duration, and is told when it is over."""
    rng = numpy.random.default_rng([zlib.crc32(problem.name.encode()), seed])
    values, milliseconds, judged, error = [], [], {}, None
    running, clock, best = [], 0.0, (math.inf, 0, None)
    try:
        for told in range(1, trials + 1):
            while len(running) < workers and len(milliseconds) < trials:
                began = time.perf_counter()
                number, params = tuner.ask()
                milliseconds.append(1e3 * (time.perf_counter() - began))
                heapq.heappush(running, (clock + rng.lognormal(sigma=0.5), number, params))
            clock, number, params = heapq.heappop(running)
            values.append(problem.evaluate(params, number, seed))
            began = time.perf_counter()
            tuner.tell(number, values[-1])
            milliseconds[-1] += 1e3 * (time.perf_counter() - began)
            best = min(best, (values[-1], told, params))
            if problem.is_noisy and (told in CHECKPOINTS or told == trials):
                judged[told] = problem.true_value(tuner.recommended() or best[-1])
    except Exception as failure:  # a tuner that fails is part of the result
        error = f"{type(failure).__name__}: {failure}"[:500]
    return {"values": [float(f"{value:.10g}") for value in values],
            "judged": {str(told): float(f"{value:.10g}") for told, value in judged.items()},
            "ms": [float(f"{value:.3g}") for value in milliseconds], "error": error}


def curve(trace):
    """What counts after 1, 2, … trials, up to the budget: the best value so far, or the true value
    of what was recommended last. Infinite as long as there is none."""
    if trace["judged"]:
        steps = {int(told): value for told, value in trace["judged"].items()}
        points = [steps.get(told) for told in range(1, trace["trials"] + 1)]
    else:
        points = list(itertools.accumulate(trace["values"], min))
    points += [None] * (trace["trials"] - len(points))
    last, filled = math.inf, []
    for point in points:
        last = last if point is None else point
        filled.append(last)
    return filled


def key(trace):
    return trace["problem"], trace["tuner"], trace["seed"], trace["trials"]


class Store:
    """The traces at hand: those of the repository, and those of a folder, a file each, which is
    written to."""

    def __init__(self, folder, packed=()):
        self.folder = pathlib.Path(folder)
        self.traces = {}
        for path in packed:
            with lzma.open(path, "rt") as lines:
                next(lines)  # the machine
                self.traces |= {key(trace): trace for trace in map(json.loads, lines)}
        for path in sorted(self.folder.glob("*/*.json")):
            trace = json.loads(path.read_text())
            self.traces[key(trace)] = trace

    def current(self, problem, tuner, seed, trials, version=None):
        """A trace of this problem as it is now, and of this version of the tuner, if it matters."""
        trace = self.traces.get((problem.name, tuner, seed, trials))
        if trace and trace["identity"] == problem.identity and version in (None, trace["version"]):
            return trace
        return None

    def add(self, trace):
        self.traces[key(trace)] = trace
        folder = self.folder / trace["problem"]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "{tuner}-{seed}-{trials}.json".format(**trace)
        path.with_suffix(".part").write_text(json.dumps(trace))
        path.with_suffix(".part").rename(path)


def machine():
    """What the milliseconds hold for."""
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    flags = re.search(r"^flags\s*:(.*)$", cpu, re.M)[1].split()
    return {"cpu": re.search(r"^model name\s*:\s*(.*)$", cpu, re.M)[1], "cores": os.cpu_count(),
            "flags": [flag for flag in ("avx2", "fma", "avx512f", "amx_tile") if flag in flags],
            "kernel": platform.release(), "python": platform.python_version()}


def pack(traces, path):
    """Writes traces to one compressed file: the machine first, then a trace a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", preset=9) as lines:
        lines.write(json.dumps(machine()) + "\n")
        for trace in sorted(traces, key=key):
            lines.write(json.dumps(trace, separators=(",", ":")) + "\n")
