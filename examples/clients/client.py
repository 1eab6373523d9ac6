#!/usr/bin/env python3
"""Tunes a function by talking with `autoglm stdio`: four trials at a time, stopped early where told.

client.py SPEC.json [STUDY.db]. docs/stdio.md describes the protocol."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Lock


class Study:
    """A conversation. May be used from several threads."""

    def __init__(self, spec, *arguments):
        self._autoglm = subprocess.Popen(
            [os.environ.get("AUTOGLM", "autoglm"), "stdio", spec, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._turn = Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._autoglm.stdin.close()  # what was asked for and not told goes back to waiting
        self._autoglm.wait()

    def say(self, request):
        """One line out, one line in."""
        with self._turn:
            self._autoglm.stdin.write(json.dumps(request) + "\n")
            self._autoglm.stdin.flush()
            line = self._autoglm.stdout.readline()
        if not line:
            raise SystemExit("autoglm ended the conversation; it says why on standard error")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{answer['error']['code']}: {answer['error']['message']}")
        return answer

    def ask(self, n):
        answer = self.say({"ask": n})
        return answer["trials"], answer.get("done")

    def report(self, trial, step, **metrics):
        """Whether to stop."""
        return self.say({"report": {"trial": trial, "step": step, "metrics": metrics}})["stop"]

    def tell(self, trial, **end):
        return self.say({"tell": {"trial": trial, **end}})


def run(study, trial):
    """Ten steps of gradient descent on x^2 from 1, with a rate that decays."""
    x, rate = 1.0, trial["params"]["rate"]
    for step in range(1, 11):
        x -= rate * 2 * x
        rate *= 1 - trial["params"]["decay"]
        if study.report(trial["trial"], step, loss=x * x):
            study.tell(trial["trial"], state="pruned")
            return
    study.tell(trial["trial"], value=x * x, user_attrs={"x": x})


def main(spec, *study_file):
    arguments = ("--study", study_file[0]) if study_file else ()
    with Study(spec, *arguments) as study, ThreadPoolExecutor(4) as workers:
        done = None
        while not done:
            trials, done = study.ask(4)
            list(workers.map(lambda trial: run(study, trial), trials))
        best = study.say({"recommend": 1})["recommended"][0]
        print(f"{done}: use {best['params']}, loss {best['value']:.3g}")


if __name__ == "__main__":
    main(*sys.argv[1:])
