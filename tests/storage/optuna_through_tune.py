"""Studies that `autoglm tune` and Optuna run by turns: optuna_through_tune.py AUTOGLM

Both run the same trials: of each four, by number, the first and last complete, the second is
pruned, the third fails. Step 0 is NaN."""
import json
import math
import os
import pathlib
import subprocess
import sys

import optunas
from optunas import optuna

AUTOGLM = os.path.abspath(sys.argv[1])

# Arguments: the trial's number, x.
PROGRAM = r"""
autoglm log loss=nan --step 0
case $(($1 % 4)) in
  1) autoglm log loss=1000 --step 9 || exit 0; exit 3 ;;
  2) echo 'out of luck' >&2; exit 1 ;;
esac
echo "{\"step\": 5, \"loss\": $2}"
"""

KINDS = ["a", 2.5, True, 7, False]

SPEC = {
    "name": "shared",
    "metric": {"name": "loss", "goal": "minimize"},
    "searcher": "gp",
    "seed": 1,
    "early_stopping": {"type": "median", "min_trials": 1, "warmup_steps": 9},
    "parameters": {
        "kind": {"type": "categorical", "choices": KINDS},
        "lr": {"type": "log_uniform", "min": 1e-4, "max": 0.1},
        "x": {"type": "uniform", "min": 0, "max": 1, "step": 0.25},
        "n": {"type": "log_int", "min": 1, "max": 64},
        "m": {"type": "int", "min": 0, "max": 8, "step": 2},
        "momentum": {"type": "uniform", "min": 0.5, "max": 0.99, "when": "kind in ['a', 7]"}},
    "trial": {"command": ["sh", "-c", PROGRAM, "sh", "{trial.number}", "{x}"]}}

CYCLE = ["COMPLETE", "PRUNED", "FAIL", "COMPLETE"]


def objective(trial):
    kind = trial.suggest_categorical("kind", KINDS)
    trial.suggest_float("lr", 1e-4, 0.1, log=True)
    x = trial.suggest_float("x", 0, 1, step=0.25)
    trial.suggest_int("n", 1, 64, log=True)
    trial.suggest_int("m", 0, 8, step=2)
    if kind == "a" or kind == 7:
        trial.suggest_float("momentum", 0.5, 0.99)
    trial.report(math.nan, 0)
    if trial.number % 4 == 2:
        raise ValueError("out of luck")
    if trial.number % 4 == 1:
        trial.report(1000, 9)
        raise optuna.TrialPruned
    trial.report(x, 5)
    return x


class Shared:
    """A study in a folder that both go on with."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.storage = f"sqlite:///{self.folder / 'shared.db'}"
        (self.folder / "study.json").write_text(json.dumps(SPEC))

    def autoglm(self, *arguments):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AUTOGLM")}
        done = subprocess.run([AUTOGLM, *arguments], cwd=self.folder, capture_output=True, text=True,
                              env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tune(self, trials):
        """Until the study has as many."""
        self.autoglm("tune", "study.json", "--progress", "none", "--trials", str(trials))

    def optimize(self, trials):
        """As many more, in Optuna."""
        study = optuna.load_study(study_name="shared", storage=self.storage,
                                  sampler=optuna.samplers.TPESampler(seed=1))
        study.optimize(objective, n_trials=trials, catch=ValueError)

    def in_optuna(self):
        return optuna.load_study(study_name="shared", storage=self.storage).trials

    def in_report(self):
        """Without what is under the metric's name: Optuna gives it none."""
        trials = json.loads(self.autoglm("report", "shared.db", "--format", "json"))["trials"]
        return [{k: v for k, v in trial.items() if k not in ("values", "metrics")}
                for trial in trials]


def typed(params):
    """1 == True, but not here."""
    return {name: (type(value), value) for name, value in params.items()}


def told_by_optuna(trial):
    """What must not change of a trial, whoever goes on with the study."""
    steps = {step: "nan" if math.isnan(value) else value
             for step, value in trial.intermediate_values.items()}
    return (trial.number, trial.state.name, trial.values, typed(trial.params), trial.distributions,
            steps, trial.user_attrs, trial.datetime_start, trial.datetime_complete)


def check_both_read_the_same(shared):
    names = {"complete": "COMPLETE", "pruned": "PRUNED", "failed": "FAIL"}
    trials = shared.in_optuna()
    report = shared.in_report()
    assert [trial.state.name for trial in trials] == CYCLE * (len(trials) // 4)
    assert len(report) == len(trials)
    for ours, theirs in zip(report, trials):
        assert names[ours["state"]] == theirs.state.name
        assert typed(ours["params"]) == typed(theirs.params), (ours, theirs)
        assert ("momentum" in ours["params"]) == (ours["params"]["kind"] in ("a", 7)), ours
        if theirs.state.name == "COMPLETE":
            assert ours["value"] == theirs.value == theirs.params["x"]
        last = {"COMPLETE": {5: theirs.params["x"]}, "PRUNED": {9: 1000}, "FAIL": {}}
        expected = {0: None, **last[theirs.state.name]}
        assert {int(step): v for step, v in ours["intermediate"].items()} == expected, ours
        steps = {step: None if math.isnan(value) else value
                 for step, value in theirs.intermediate_values.items()}
        assert steps == expected, theirs


def check_distributions(trial):
    from optuna.distributions import (CategoricalDistribution, FloatDistribution, IntDistribution)
    expected = {"kind": CategoricalDistribution(KINDS),
                "lr": FloatDistribution(1e-4, 0.1, log=True),
                "x": FloatDistribution(0, 1, step=0.25), "n": IntDistribution(1, 64, log=True),
                "m": IntDistribution(0, 8, step=2), "momentum": FloatDistribution(0.5, 0.99)}
    assert trial.distributions == {name: expected[name] for name in trial.params}, trial
    choices = trial.distributions["kind"].choices
    assert [(type(choice), choice) for choice in choices] == [(type(k), k) for k in KINDS]


def go_on_by_turns(shared, turns):
    """Each turn, of four trials, leaves what was there as it was."""
    for turn in turns:
        before = [told_by_optuna(trial) for trial in shared.in_optuna()]
        report = shared.in_report()
        turn(len(before) + 4)
        check_both_read_the_same(shared)
        assert [told_by_optuna(t) for t in shared.in_optuna()][:len(before)] == before
        assert shared.in_report()[:len(report)] == report


def test_a_study_of_tune_goes_on_in_optuna_and_back(folder):
    shared = Shared(folder)
    shared.tune(12)
    check_both_read_the_same(shared)
    for trial in shared.in_optuna():
        check_distributions(trial)
    assert "exit status 1" in shared.in_optuna()[2].user_attrs["autoglm:reason"]
    go_on_by_turns(shared, [lambda _: shared.optimize(4), shared.tune, lambda _: shared.optimize(4),
                            shared.tune])
    for trial in shared.in_optuna():
        check_distributions(trial)


def test_a_study_of_optuna_goes_on_in_tune_and_back(folder):
    shared = Shared(folder)
    optuna.create_study(study_name="shared", storage=shared.storage)
    shared.optimize(12)
    check_both_read_the_same(shared)
    go_on_by_turns(shared, [shared.tune, lambda _: shared.optimize(4), shared.tune])
    for trial in shared.in_optuna():
        check_distributions(trial)


def test_tune_runs_what_optuna_enqueued(folder):
    shared = Shared(folder)
    shared.tune(4)
    study = optuna.load_study(study_name="shared", storage=shared.storage)
    study.enqueue_trial({"kind": True, "x": 0.25, "n": 3})
    study.enqueue_trial({"kind": 7})
    shared.tune(8)
    check_both_read_the_same(shared)
    first, second = shared.in_optuna()[4:6]
    assert typed({name: first.params[name] for name in ("kind", "x", "n")}) == typed(
        {"kind": True, "x": 0.25, "n": 3})
    assert second.params["kind"] == 7 and 0.5 <= second.params["momentum"] <= 0.99


if __name__ == "__main__":
    optunas.main(globals())
