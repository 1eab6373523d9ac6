"""Runs of `autoglm tune` on examples/digits: what each trial reached, and when."""

import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXAMPLE = ROOT / "examples/digits"
AUTOGLM = ROOT / "build/release/bin/autoglm"
RESULTS = ROOT / "bench/results"
TICKS = os.sysconf("SC_CLK_TCK")

sys.path.insert(0, str(ROOT / "bench/search"))
sys.dont_write_bytecode = True

import environments  # noqa: E402


def get_data():
    subprocess.run([EXAMPLE / "get_data.sh"], check=True)


def commit():
    """Of this checkout; with a mark where files differ from it."""
    found = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                           capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def processor_seconds(root):
    """User and system time of a process, its descendants, and those of theirs that have ended."""
    parents, times = {}, {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        number = int(path.parent.name)
        parents[number] = int(fields[1])
        times[number] = sum(map(int, fields[11:15])) / TICKS
    tree = {root}
    while more := {one for one, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sum(times.get(one, 0) for one in tree)


def tune(folder, name, seed, trials, settings):
    """A study of its own, one trial at a time: trials in the order of their end, with value, epochs
    and, since the start of the command, seconds of the clock and of the processor. `settings` are
    what differs from the example's spec: dotted keys and values."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [AUTOGLM, "tune", EXAMPLE / "study.json", "--study", folder / f"{name}.db", "--json",
               "--progress", "none", "--parallel", "1", "--seed", seed, "--trials", trials]
    for key, value in settings.items():
        command += ["--set", f"{key}={json.dumps(value)}"]
    ended, epochs = [], {}
    began = time.monotonic()
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True,
                          env=os.environ | environments.ONE_THREAD) as process:
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "report":
                epochs[event["trial"]] = event["step"] + 1
            elif event["event"] == "trial_finished":
                ended.append({"trial": event["trial"], "state": event["state"],
                              "value": event["value"], "epochs": epochs.get(event["trial"], 0),
                              "seconds": round(time.monotonic() - began, 2),
                              "processor_seconds": round(processor_seconds(process.pid), 2)})
    if process.returncode != 0:
        raise RuntimeError(f"autoglm tune ended with status {process.returncode}")
    return ended


def best_of(trials):
    """The least value of those that were trained to their end."""
    return min(one["value"] for one in trials if one["state"] == "complete")
