"""Kills `tune` with SIGKILL at random moments of one study until the study is done, then looks at
what is left: tests/chaos/kill_tune.py build/release/bin/autoglm --kills 200"""

import argparse
import collections
import json
import math
import pathlib
import random
import sqlite3
import subprocess
import sys
import time

import harness

# Leaves a child in a session of its own, which only the guardian can find. Its last act is a line
# in a ledger that no tuner knows.
TRIAL = """\
setsid sleep 60 >/dev/null 2>&1 &
echo "{\\"step\\": 0, \\"value\\": 2}"
sleep 0.02
echo "{\\"step\\": 1, \\"value\\": $AUTOGLM_PARAM_X}"
echo "$AUTOGLM_TRIAL" >>ledger
"""

OPTUNA = """
import json, sys, optuna
study = optuna.load_study(study_name="study", storage="sqlite:///" + sys.argv[1])
print(json.dumps({"version": optuna.__version__, "trials": [
    {"number": t.number, "state": t.state.name.lower(), "value": t.value, "params": t.params,
     "intermediate": t.intermediate_values} for t in study.trials]}))
"""


def told_as_finished(output):
    """Trial and value of every trial that a run of `tune --json` called finished."""
    for line in output.read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            event = json.loads(line)
            if event["event"] == "trial_finished":
                yield event["trial"], event["value"]


def trials_done(ledger):
    return len(set(ledger.read_text().split()))


def tune_and_kill(workshop, kills, trials):
    """Runs `tune` until the study is done; returns how often it was killed, and what it told."""
    told = collections.defaultdict(list)
    ledger = workshop.write("ledger", "")
    killed = 0
    seconds_a_trial = 0.01  # no less is possible: two at a time, of 20 ms each
    while True:
        output = workshop.folder / f"events-{killed}.jsonl"
        done, began = trials_done(ledger), time.monotonic()
        with output.open("w") as stream, (workshop.folder / "stderr").open("w") as errors:
            tune = workshop.start("tune", "spec.json", "--json", "--progress", "none",
                                  stdout=stream, stderr=errors)
            if killed < kills:
                # So long that the remaining kills fall on rather fewer trials than remain.
                rest = max(0, trials - done - 4) / (kills - killed)
                try:
                    tune.wait(random.uniform(0, rest * seconds_a_trial))
                except subprocess.TimeoutExpired:
                    tune.kill()
            status = tune.wait()
        for trial, value in told_as_finished(output):
            told[trial].append(value)
        if status != -9:
            assert status == 0, (status, (workshop.folder / "stderr").read_text())
            return killed, told
        news = trials_done(ledger) - done
        pace = (time.monotonic() - began) / news if news else 1.2 * seconds_a_trial
        seconds_a_trial = 0.8 * seconds_a_trial + 0.2 * pace
        killed += 1
        if killed % 10 == 0:
            assert workshop.wait_until_alone(5), "a process outlives the tuner that was killed"


def check_report(report, told, trials):
    assert [t["number"] for t in report["trials"]] == list(range(trials)), "numbers are not dense"
    assert report["counts"]["complete"] == trials, report["counts"]
    assert sum(report["counts"].values()) == trials, report["counts"]
    for trial in report["trials"]:
        assert math.isclose(trial["value"], trial["params"]["x"], rel_tol=1e-12), trial
        for value in told[trial["number"]]:
            assert value == trial["value"], (trial, value)


def check_file(path, trials):
    connection = sqlite3.connect(path)
    one = lambda query: connection.execute(query).fetchone()[0]
    assert one("PRAGMA integrity_check") == "ok"
    assert one("PRAGMA journal_mode") == "delete"
    assert one("SELECT count(*) FROM trials WHERE state <> 'COMPLETE'") == 0
    assert one("SELECT count(DISTINCT number) FROM trials") == trials
    connection.close()


def check_optuna(python, path, report):
    done = subprocess.run([python, "-W", "ignore", "-c", OPTUNA, str(path)], check=True,
                          capture_output=True, text=True)
    seen = json.loads(done.stdout)
    ours = [{"number": t["number"], "state": t["state"], "value": t["value"],
             "params": t["params"], "intermediate": t["intermediate"]} for t in report["trials"]]
    assert seen["trials"] == ours, "Optuna reads another study than `report` shows"
    return seen["version"]


def python_with_optuna():
    script = pathlib.Path(__file__).parents[1] / "python_env.sh"
    done = subprocess.run(["bash", script], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return None  # no registry of packages to be reached
    return done.stdout.strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("autoglm")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    python = python_with_optuna()
    random.seed(options.seed)
    print(f"seed {options.seed}", flush=True)
    with harness.Workshop(options.autoglm) as workshop:
        workshop.write("trial.sh", TRIAL)
        workshop.write("spec.json",
                       harness.quick_study(options.trials, parallel=2, searcher="random"))
        began = time.monotonic()
        killed, told = tune_and_kill(workshop, options.kills, options.trials)
        # The pace of the kills is a guess; a study that was done a little early was killed enough.
        assert killed >= 0.75 * options.kills, f"the study ended after {killed} kills"
        assert workshop.wait_until_alone(), f"left running: {workshop.processes()}"
        path = workshop.folder / "study.db"
        report = workshop.report(path)
        check_report(report, told, options.trials)
        check_file(path, options.trials)
        version = check_optuna(python, path, report) if python else None
        again = sum(len(values) > 1 for values in told.values())
        attempts = sum(t["attempts"] for t in report["trials"])
        print(f"{killed} kills, {options.trials} trials, {attempts} attempts in "
              f"{time.monotonic() - began:.0f} s; {again} trials were told as finished twice; "
              f"Optuna {version} reads the same")
    if version is None:
        sys.exit(77)  # all but Optuna's reading was checked


if __name__ == "__main__":
    main()
