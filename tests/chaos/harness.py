"""What the chaos tests share: studies in a temporary folder, and whose processes are still there."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import uuid


class Workshop:
    """A folder for one study. Every process started from it carries a mark in its environment."""

    def __init__(self, autoglm):
        self.autoglm = str(pathlib.Path(autoglm).resolve())
        self._folder = tempfile.TemporaryDirectory(prefix="autoglm-chaos-")
        self.folder = pathlib.Path(self._folder.name)
        self.mark = f"CHAOS_MARK={uuid.uuid4()}"
        name, value = self.mark.split("=")
        self.environment = {**os.environ, name: value, "NO_COLOR": "1"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.processes():
            os.kill(pid, 9)
        self._folder.cleanup()

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def start(self, *arguments, **options):
        return subprocess.Popen([self.autoglm, *map(str, arguments)], cwd=self.folder,
                                env=self.environment, stdin=subprocess.DEVNULL, **options)

    def run(self, *arguments):
        return subprocess.run([self.autoglm, *map(str, arguments)], cwd=self.folder,
                              env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True)

    def report(self, study):
        """`report --format json`, read."""
        done = self.run("report", study, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def processes(self):
        """Processes that were started from here and are still running."""
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
                if self.mark.encode() in _read(f"/proc/{pid}/environ").split(b"\0")]

    def wait_until_alone(self, seconds=10):
        """Whether every process is gone; waits for the last of them."""
        deadline = time.monotonic() + seconds
        while self.processes():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


def _read(path):
    try:
        return pathlib.Path(path).read_bytes()
    except OSError:  # it has ended, or is not ours
        return b""


def peak_memory(pid):
    """The most resident memory that a living process ever had, in bytes; 0 when it has ended."""
    found = re.search(rb"VmHWM:\s+(\d+) kB", _read(f"/proc/{pid}/status"))
    return int(found[1]) * 1024 if found else 0


def quick_study(trials, **changes):
    """A spec over two parameters whose trial is the shell script trial.sh."""
    return {
        "name": "study",
        "metric": {"name": "value", "goal": "minimize"},
        "max_trials": trials,
        "seed": 5,
        "parameters": {
            "x": {"type": "uniform", "min": 0, "max": 1},
            "kind": {"type": "categorical", "choices": ["a", "b", "c"]},
            "n": {"type": "int", "min": 1, "max": 50, "when": "kind != 'c'"},
        },
        "trial": {"kind": "command", "command": ["sh", "trial.sh"]},
        **changes,
    }
