"""A study that was stopped after 12 of 30 trials, in whatever way, tries the same 30 configurations
as one that was not. Usage: resume.py AUTOGLM"""

import itertools
import json
import signal
import sys
import unittest

import harness

SEARCHERS = ("random", "grid", "sobol", "gp", "auto")
STOPPERS = ("none", {"type": "median", "min_trials": 3},
            {"type": "asha", "min_steps": 1, "max_steps": 9, "reduction": 3})

# `autoglm log` waits for the verdict, so a trial is stopped at the same step each time.
TRIAL = """\
for step in 1 3 9; do
  value=$(awk -v x="$AUTOGLM_PARAM_X" -v n="${AUTOGLM_PARAM_N:-9}" -v step=$step \\
    'BEGIN { print (x - 0.3) ^ 2 + n / 100 + 1 / step }')
  "$AUTOGLM" log value="$value" --step $step || exit 0
done
"""


def spec(searcher, stopper):
    study = harness.quick_study(30, searcher=searcher, early_stopping=stopper)
    if searcher == "grid":
        study["parameters"]["x"]["step"] = 0.1
        study["parameters"]["n"]["max"] = 3
    return study


def run(workshop, *options):
    done = workshop.run("tune", "spec.json", "--progress", "none", *options)
    assert done.returncode == 0, done.stderr


def run_until_12th(workshop, how):
    """Starts `tune` and sends it a signal as soon as twelve trials have ended."""
    tune = workshop.start("tune", "spec.json", "--json", "--progress", "none",
                          stdout=-1, stderr=-3, text=True)
    ended = 0
    for line in tune.stdout:
        ended += json.loads(line)["event"] == "trial_finished" if line.endswith("\n") else 0
        if ended == 12:
            tune.send_signal(how)
            break
    tune.stdout.read()
    tune.wait()
    tune.stdout.close()


def straight(workshop):
    run(workshop)


def by_budget(workshop):
    run(workshop, "--trials", 12)
    run(workshop)


def by_interrupt(workshop):
    run_until_12th(workshop, signal.SIGINT)
    run(workshop)


def by_kill(workshop):
    run_until_12th(workshop, signal.SIGKILL)
    run(workshop)


def trials_of(searcher, stopper, way):
    """What a study tried, and what came of it."""
    with harness.Workshop(AUTOGLM) as workshop:
        workshop.write("trial.sh", TRIAL)
        workshop.write("spec.json", spec(searcher, stopper))
        way(workshop)
        return [(t["number"], t["params"], t["state"], t["value"], t["seed"])
                for t in workshop.report("study.db")["trials"]]


class Resume(unittest.TestCase):
    maxDiff = 2000

    def test_a_stopped_study_tries_what_it_would_have_tried(self):
        for searcher, stopper in itertools.product(SEARCHERS, STOPPERS):
            expected = trials_of(searcher, stopper, straight)
            self.assertEqual(len(expected), 30)
            for way in (by_budget, by_interrupt, by_kill):
                with self.subTest(searcher=searcher, stopper=stopper, way=way.__name__):
                    self.assertEqual(trials_of(searcher, stopper, way), expected)


if __name__ == "__main__":
    AUTOGLM = sys.argv.pop(1)
    unittest.main()
