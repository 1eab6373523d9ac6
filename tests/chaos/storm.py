"""Processes that ask, tell, log and enqueue on one study at once, some of them killed; then the same
beside a `tune` that runs: tests/chaos/storm.py build/release/bin/autoglm --seconds 60

What was answered must hold: nothing is lost, nothing is given out twice, and no message speaks of a
lock. What a killed process did may be there or not."""

import argparse
import collections
import json
import random
import subprocess
import sys
import threading
import time

import harness
from kill_tune import python_with_optuna

# In the second act: reports by `autoglm log`, all at once.
TRIAL = """\
for step in 0 1 2; do "$AUTOGLM" log value="$AUTOGLM_PARAM_X" --step $step || exit 0; done
"""

OPTUNA = """
import json, sys, optuna
study = optuna.load_study(study_name="study", storage="sqlite:///" + sys.argv[1])
print(json.dumps([{"number": t.number, "state": t.state.name, "value": t.value, "params": t.params,
                   "intermediate": {str(k): v for k, v in t.intermediate_values.items()}}
                  for t in study.trials]))
"""
OPTUNA_STATES = {"waiting": "WAITING", "running": "RUNNING", "complete": "COMPLETE",
                 "pruned": "PRUNED"}


class Ledger:
    """What the processes were answered, from many threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.asked = {}                                # number: params
        self.told = {}                                 # number: value
        self.reported = collections.defaultdict(dict)  # number: step: value
        self.enqueued = {}                             # number: x
        self.logged = []
        self.uncertain = set()  # numbers that a killed process may have told or reported
        self.lost_asks = 0      # killed processes that may have been given a trial,
        self.lost_entries = 0   # or may have enqueued one
        self.calls = collections.Counter()
        self.problems = []
        self.next_x = 0

    def fresh_x(self):
        with self.lock:
            self.next_x += 1
            return self.next_x / 2**20

    def problem(self, text):
        with self.lock:
            self.problems.append(text)


class Worker(threading.Thread):
    """Runs one autoglm process after the other until the time is over."""

    def __init__(self, workshop, ledger, seed, deadline, kill_share):
        super().__init__()
        self.workshop = workshop
        self.ledger = ledger
        self.random = random.Random(seed)
        self.deadline = deadline
        self.kill_share = kill_share
        self.mine = []  # asked for and not told

    def run(self):
        try:
            while time.monotonic() < self.deadline and not self.ledger.problems:
                self.act()
        except Exception as error:  # a test's thread must not die unseen
            self.ledger.problem(f"{type(error).__name__}: {error}")

    def act(self):
        actions = [self.ask, self.enqueue, self.log]
        if self.mine:
            actions += [self.tell, self.tell, self.report]
        self.random.choice(actions)()

    def call(self, *arguments, environment=None):
        """(exit status, what it printed), or None where it was killed."""
        self.ledger.calls[arguments[0]] += 1
        process = subprocess.Popen(
            [self.workshop.autoglm, *arguments], cwd=self.workshop.folder, text=True,
            env={**self.workshop.environment, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self.random.random() < self.kill_share:
            try:
                process.wait(self.random.uniform(0, 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
        out, err = process.communicate()
        if process.returncode == -9:
            return None
        if err:
            self.ledger.problem(f"{arguments}: {err}")
        return process.returncode, out

    def done(self, answer, arguments, statuses=(0,)):
        """What was printed, where the process lived and did what it should."""
        if answer is None:
            return None
        status, out = answer
        if status not in statuses:
            self.ledger.problem(f"{arguments}: exit status {status}")
        return out

    def ask(self):
        answer = self.call("ask", "spec.json")
        out = self.done(answer, "ask")
        with self.ledger.lock:
            if out is None:
                self.ledger.lost_asks += 1
                return
            given = json.loads(out)
            if given["trial"] in self.ledger.asked:
                self.ledger.problems.append(f"trial {given['trial']} was given out twice")
            self.ledger.asked[given["trial"]] = given["params"]
        self.mine.append(given["trial"])

    def tell(self):
        number = self.mine.pop(self.random.randrange(len(self.mine)))
        value = self.random.random()
        out = self.done(self.call("tell", "study.db", str(number), repr(value)), f"tell {number}")
        with self.ledger.lock:
            if out is None:
                self.ledger.uncertain.add(number)
            else:
                self.ledger.told[number] = value

    def report(self):
        number, step, value = self.random.choice(self.mine), self.random.randrange(5), self.random.random()
        answer = self.call("tell", "study.db", str(number), repr(value), "--step", str(step))
        out = self.done(answer, f"report {number}")
        with self.ledger.lock:
            if out is None:
                self.ledger.uncertain.add(number)
            else:
                self.ledger.reported[number][str(step)] = value

    def enqueue(self):
        x = self.ledger.fresh_x()
        out = self.done(self.call("enqueue", "study.db", json.dumps({"x": x})), "enqueue")
        with self.ledger.lock:
            if out is None:
                self.ledger.lost_entries += 1
                return
            number = json.loads(out)["enqueued"]["trial"]
            if number in self.ledger.enqueued:
                self.ledger.problems.append(f"two trials were enqueued as {number}")
            self.ledger.enqueued[number] = x

    def log(self):
        x = self.ledger.fresh_x()
        answer = self.call("log", f"value={x}", "--step", "0",
                           environment={"AUTOGLM_METRICS": str(self.workshop.folder / "metrics")})
        if self.done(answer, "log") is not None:
            with self.ledger.lock:
                self.ledger.logged.append(x)


class Neighbour(Worker):
    """Beside a tune that holds the study."""

    def act(self):
        actions = [self.enqueue, self.refused]
        if self.mine:
            actions += [self.tell, self.report]
        self.random.choice(actions)()

    def refused(self):
        self.ledger.calls["ask"] += 1
        done = self.workshop.run("ask", "spec.json")
        if done.returncode != 7 or "is being run by process" not in done.stderr:
            self.ledger.problem(f"ask beside tune: {done.returncode}: {done.stderr}")


def run_all(workers):
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def no_problem(ledger):
    assert not ledger.problems, "\n".join(ledger.problems[:10])


def rest(workshop, ledger, options):
    """The first act: nobody holds the study."""
    first = workshop.run("ask", "spec.json")
    assert first.returncode == 0, first.stderr
    given = json.loads(first.stdout)
    ledger.asked[given["trial"]] = given["params"]
    deadline = time.monotonic() + options.seconds
    workers = [Worker(workshop, ledger, f"{options.seed}/{i}", deadline, options.kill_share)
               for i in range(options.processes)]
    run_all(workers)
    no_problem(ledger)
    return [number for worker in workers for number in worker.mine]


def beside_tune(workshop, ledger, options, still_open):
    """The second act: a tune runs what waits, while the others go on."""
    tune = workshop.start("tune", "spec.json", "--progress", "none", "--parallel", "4",
                          "--more", "1000000", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while not held_by_tune(workshop):
        assert tune.poll() is None, tune.stderr.read()
    deadline = time.monotonic() + options.seconds / 2
    neighbours = [Neighbour(workshop, ledger, f"{options.seed}/tune/{i}", deadline, 0)
                  for i in range(max(1, options.processes // 4))]
    for i, number in enumerate(still_open):
        if number not in ledger.uncertain:
            neighbours[i % len(neighbours)].mine.append(number)
    run_all(neighbours)
    tune.terminate()
    status = tune.wait()
    assert status == 143, (status, tune.stderr.read())
    tune.stderr.close()
    no_problem(ledger)


def held_by_tune(workshop):
    return workshop.run("ask", "spec.json", "--count", "1").returncode == 7


def check_report(report, ledger):
    trials = report["trials"]
    assert [t["number"] for t in trials] == list(range(len(trials))), "numbers are not dense"
    for number, params in ledger.asked.items():
        assert trials[number]["params"] == params, (number, params, trials[number])
    for number, x in ledger.enqueued.items():
        assert trials[number]["params"]["x"] == x, (number, x, trials[number])
    for number, value in ledger.told.items():
        assert (trials[number]["state"], trials[number]["value"]) == ("complete", value), \
            (number, value, trials[number])
    for number, steps in ledger.reported.items():
        if number not in ledger.uncertain:
            assert trials[number]["intermediate"] == steps, (number, steps, trials[number])


def check_first_act(report, ledger):
    known = set(ledger.asked) | set(ledger.enqueued)
    strangers = [t for t in report["trials"] if t["number"] not in known]
    assert len(strangers) <= ledger.lost_asks + ledger.lost_entries, \
        f"{len(strangers)} trials that nobody was told of, {ledger.lost_asks} + {ledger.lost_entries} killed"
    for trial in report["trials"]:
        if trial["state"] == "complete":
            assert trial["number"] in ledger.told or trial["number"] in ledger.uncertain, trial


def check_log(workshop, ledger):
    found = collections.Counter(json.loads(line)["value"] for line in
                                (workshop.folder / "metrics").read_text().splitlines())
    assert max(found.values()) == 1, "a line was logged twice"
    missing = set(ledger.logged) - set(found)
    assert not missing, f"{len(missing)} logged lines are missing"


def check_file(workshop):
    checked = workshop.run("db", "check", "study.db")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    beside = sorted(path.name for path in workshop.folder.glob("study.db-*"))
    assert not beside, f"left beside the study: {beside}"


def check_optuna(python, workshop, report):
    done = subprocess.run([python, "-W", "ignore", "-c", OPTUNA, "study.db"], check=True, text=True,
                          cwd=workshop.folder, capture_output=True)
    ours = [{"number": t["number"], "state": OPTUNA_STATES[t["state"]], "value": t["value"],
             "params": t["params"], "intermediate": t["intermediate"]} for t in report["trials"]]
    for theirs, own in zip(json.loads(done.stdout), ours, strict=True):
        if own["state"] == "WAITING":  # Optuna keeps its parameters apart until it runs
            theirs["params"] = own["params"]
        assert theirs == own, f"Optuna reads {theirs}, `report` shows {own}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("autoglm")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--processes", type=int, default=64)
    parser.add_argument("--kill-share", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    python = python_with_optuna()
    print(f"seed {options.seed}", flush=True)
    ledger = Ledger()
    with harness.Workshop(options.autoglm) as workshop:
        workshop.write("trial.sh", TRIAL)
        workshop.write("metrics", "")
        workshop.write("spec.json", harness.quick_study(
            10**6, searcher="random", parameters={"x": {"type": "uniform", "min": 0, "max": 1}}))
        still_open = rest(workshop, ledger, options)
        report = workshop.report("study.db")
        check_report(report, ledger)
        check_first_act(report, ledger)
        check_log(workshop, ledger)
        check_file(workshop)
        beside_tune(workshop, ledger, options, still_open)
        report = workshop.report("study.db")
        check_report(report, ledger)
        check_file(workshop)
        if python:
            check_optuna(python, workshop, report)
        print(f"{sum(ledger.calls.values())} processes ({dict(ledger.calls)}), "
              f"{ledger.lost_asks} asks and {ledger.lost_entries} entries killed, {len(report['trials'])} "
              f"trials: {report['counts']}")
    if not python:
        sys.exit(77)  # all but Optuna's reading was checked


if __name__ == "__main__":
    main()
