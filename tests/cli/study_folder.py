"""A temporary folder with a spec in it, and the built program to run there."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

# Given by CTest; a test run by hand names it.
PROGRAM = os.environ.get("AUTOGLM_PROGRAM", "autoglm")

# What `validate --run` and `rerun` keep for their user goes with the tests.
_KEPT = tempfile.TemporaryDirectory(prefix="autoglm-tests-")
os.environ["TMPDIR"] = _KEPT.name
# So does what is kept of GPUs that tests emulate.
os.environ["XDG_CACHE_HOME"] = _KEPT.name + "/cache"

# A program that reports (x - 0.3)^2 for three steps, by the simplest way there is; braces are doubled as a command wants them.
PARABOLA = r"""
x=$1
for step in 1 2 3; do
  awk -v x="$x" -v s=$step 'BEGIN {{ printf "{{\"step\": %d, \"loss\": %.10f}}\n", s, (x - 0.3)^2 + 1 / s }}'
done
"""


class StudyFolder(unittest.TestCase):
    """Each test has a folder of its own; `self.path(name)` is a file in it."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self.addCleanup(self._folder.cleanup)

    def path(self, name):
        return str(self.folder / name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.path(name)

    def spec(self, **changes):
        """Writes study.json: a parabola in x, to be changed by keyword; None removes a key."""
        spec = {
            "name": "study",
            "metric": {"name": "loss", "goal": "minimize"},
            "searcher": "random",
            "seed": 1,
            "max_trials": 4,
            "parameters": {"x": {"type": "uniform", "min": 0, "max": 1}},
            "trial": {"command": ["sh", "-c", PARABOLA, "sh", "{x}"]},
        }
        spec.update(changes)
        return self.write("study.json", json.dumps({k: v for k, v in spec.items() if v is not None}))

    def run_autoglm(self, *arguments, environment=None, timeout=120):
        return subprocess.run([PROGRAM, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout,
                              env=clean_environment(environment))

    def start_autoglm(self, *arguments, environment=None):
        """The running process; killed when the test ends."""
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=clean_environment(environment), start_new_session=True)
        self.addCleanup(lambda: (process.poll() is None and process.kill(), process.wait(),
                                 process.stdout.close(), process.stderr.close()))
        return process

    def tune(self, *arguments, **options):
        return self.run_autoglm("tune", "study.json", "--progress", "none", *arguments, **options)

    def tuned(self, *arguments):
        """The report after a tune that must succeed."""
        result = self.tune(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.report()

    def report(self, study="study.db", *arguments):
        result = self.run_autoglm("report", study, "--format", "json", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def interrupt(self, process, name=signal.SIGINT):
        process.send_signal(name)


def wait_until(condition, seconds=30):
    """Polls; what is waited for has its own time, the limit is for a test that fails."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("what was waited for did not happen")
        time.sleep(0.01)


def clean_environment(extra=None):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AUTOGLM_")}
    environment.update(extra or {})
    return environment


def main():
    unittest.main(verbosity=0)
