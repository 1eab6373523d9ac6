"""autoglm's studies in Optuna, and Optuna's in autoglm: optuna_roundtrip.py MAKE_STUDY

MAKE_STUDY is the program of make_study.cpp. Runs itself with Optuna 5 and with an Optuna 4."""
import datetime
import json
import math
import os
import sqlite3
import subprocess
import sys

import optunas
from optunas import optuna

MAKE_STUDY = sys.argv[1]
UTC = datetime.timezone.utc
INFINITY = float("inf")


def make_study(action, path, **environment):
    done = subprocess.run([MAKE_STUDY, action, path], capture_output=True, text=True,
                          env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def load(path, name):
    return optuna.load_study(storage=f"sqlite:///{path}", study_name=name)


def writes_naive_utc():
    return int(optuna.__version__.split(".")[0]) >= 5


def schema(path):
    """Columns, indexes and texts of the tables that are not ours."""
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master "
                                "WHERE tbl_name NOT LIKE 'autoglm%' AND name <> 'sqlite_sequence'")
        return {name: row for _, name, *row in rows}


def test_the_schema_is_optunas_to_the_letter(folder):
    make_study("write", f"{folder}/ours.db")
    optuna.create_study(storage=f"sqlite:///{folder}/theirs.db")
    assert schema(f"{folder}/ours.db") == schema(f"{folder}/theirs.db")
    with sqlite3.connect(f"{folder}/ours.db") as database:
        assert database.execute("SELECT * FROM version_info").fetchall()[0][:2] == (1, 12)
        assert database.execute("SELECT * FROM alembic_version").fetchall() == [("v3.2.0.a",)]


def test_optuna_reads_every_state(folder):
    make_study("write", f"{folder}/study.db")
    study = load(f"{folder}/study.db", "mnist")
    assert study.direction.name == "MINIMIZE"
    assert study.metric_names == ["loss"]
    states = [trial.state.name for trial in study.trials]
    assert states == ["COMPLETE", "RUNNING", "WAITING", "RUNNING", "PRUNED", "FAIL", "FAIL", "FAIL"]
    assert [trial.number for trial in study.trials] == list(range(8))
    assert study.best_trial.number == 0 and study.best_value == 0.25
    assert [trial.values for trial in study.trials[3:]] == [None, [0.25], None, None, None]
    assert study.trials[5].user_attrs == {"host": "node7",
                                          "autoglm:reason": 'a reason for "failed"'}
    assert study.trials[2].system_attrs["fixed_params"] == {"lr": 0.001}
    assert study.trials[2].datetime_start is None
    assert study.trials[0].user_attrs == {"host": "node7"}


def test_optuna_reads_every_kind_of_parameter(folder):
    make_study("write", f"{folder}/study.db")
    trial = load(f"{folder}/study.db", "mnist").trials[0]
    assert list(trial.params.items()) == [("lr", 0.01), ("layers", 2), ("optimizer", "sgd"),
                                          ("momentum", 0.9), ("batch", 32), ("dropout", 0.25)]
    assert isinstance(trial.params["layers"], int)
    assert trial.distributions == {
        "lr": optuna.distributions.FloatDistribution(1e-5, 0.1, log=True),
        "layers": optuna.distributions.IntDistribution(1, 8),
        "optimizer": optuna.distributions.CategoricalDistribution(["adam", "sgd"]),
        "momentum": optuna.distributions.FloatDistribution(0.5, 0.99),
        "batch": optuna.distributions.CategoricalDistribution([16, 32, 64]),
        "dropout": optuna.distributions.FloatDistribution(0, 0.5, step=0.05)}


def test_optuna_reads_reports_that_are_no_numbers(folder):
    make_study("write", f"{folder}/study.db")
    trials = load(f"{folder}/study.db", "mnist").trials
    assert trials[0].intermediate_values == {0: 0.5, 1: 0.25}
    steps = trials[1].intermediate_values
    assert list(steps) == [0, 3, 10]
    assert math.isnan(steps[0]) and steps[3] == INFINITY and steps[10] == -INFINITY


def test_optuna_reads_several_objectives(folder):
    make_study("write", f"{folder}/study.db")
    study = load(f"{folder}/study.db", 'two "objectives" ä')
    assert [direction.name for direction in study.directions] == ["MAXIMIZE", "MINIMIZE"]
    assert study.metric_names == ["acc", "ms"]
    assert study.trials[0].values == [0.9, INFINITY]
    assert study.trials[1].values is None
    assert study.trials[0].intermediate_values == {}
    assert [trial.number for trial in study.best_trials] == [0]


def test_optuna_goes_on_with_a_study_whose_space_has_grown(folder):
    make_study("write", f"{folder}/study.db")
    study = load(f"{folder}/study.db", "grown")
    assert [trial.params["kind"] for trial in study.trials] == [None, 2.5, "new"]
    choices = [None, True, 3, 2.5, "new"]
    assert {trial.distributions["kind"].choices for trial in study.trials} == {tuple(choices)}
    study.optimize(lambda trial: trial.suggest_float("x", 0, 4)
                   + len(str(trial.suggest_categorical("kind", choices))), n_trials=3)
    assert len(study.trials) == 6


def test_optuna_reads_times_as_utc(folder):
    make_study("write", f"{folder}/study.db")
    started = load(f"{folder}/study.db", "mnist").trials[0].datetime_start
    expected = datetime.datetime(2026, 11, 22, 6, 57, 43, 123456, UTC)
    if writes_naive_utc():  # 5.0 reads UTC and shows local time
        assert started.astimezone(UTC) == expected, started
    else:  # 4.x takes it for local time
        assert started == expected.replace(tzinfo=None), started


def test_autoglm_reads_a_study_of_optuna(folder):
    path = f"{folder}/theirs.db"
    study = optuna.create_study(storage=f"sqlite:///{path}", study_name="theirs",
                                direction="maximize")

    def objective(trial):
        value = trial.suggest_float("x", 0, 1) + trial.suggest_int("n", 1, 3)
        trial.suggest_categorical("kind", ["a", 2.5, None, True])
        trial.report(float("nan"), 0)
        trial.report(value, 4)
        trial.set_user_attr("seen", {"n": [1, "ä"], "bad": float("nan")})
        if trial.number == 1:
            raise optuna.TrialPruned
        return value

    study.optimize(objective, n_trials=2)
    study.enqueue_trial({"x": 0.5, "kind": None})
    study.add_trial(optuna.trial.create_trial(value=2.0))
    running = study.ask()  # takes the enqueued one
    study.enqueue_trial({"n": 2})
    study.tell(study.ask(), state=optuna.trial.TrialState.FAIL)

    read, = make_study("read", path)
    assert read["name"] == "theirs" and read["uuid"] == "" and read["maximize"]
    assert read["metrics"] == []
    states = [trial["state"] for trial in read["trials"]]
    assert states == ["complete", "pruned", "running", "complete", "failed"]
    for ours, theirs in zip(read["trials"], study.trials):
        if theirs.state.is_finished():
            assert ours["params"] == theirs.params
        assert ours["origin"] == "foreign"
        assert ours["values"] == (theirs.values or [])
    assert read["trials"][0]["intermediate"]["0"] == {"value": "nan"}
    assert read["trials"][0]["intermediate"]["4"] == {"value": study.trials[0].value}
    assert read["trials"][0]["user_attrs"]["seen"]["n"] == [1, "ä"]
    assert read["trials"][running.number]["external"]


def test_autoglm_reads_the_times_of_either_optuna(folder):
    path = f"{folder}/theirs.db"
    before = datetime.datetime.now(UTC).timestamp()
    script = ("import optuna, sys; optuna.create_study(storage='sqlite:///' + sys.argv[1])"
              ".optimize(lambda trial: 1.0, n_trials=1)")
    tokyo = {**os.environ, "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-W", "ignore", "-c", script, path], check=True, env=tokyo,
                   capture_output=True)
    trial = make_study("read", path, TZ="Asia/Tokyo")[0]["trials"][0]
    assert before - 1 < trial["started"] / 1e9 < before + 60, trial["started"]
    assert trial["finished"] >= trial["started"]


def test_autoglm_goes_on_with_a_study_of_optuna(folder):
    path = f"{folder}/theirs.db"
    study = optuna.create_study(storage=f"sqlite:///{path}", study_name="theirs")
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1)
                   + len(trial.suggest_categorical("kind", ["a", "b"])), n_trials=2)
    study.enqueue_trial({"x": 0.75})
    make_study("resume", path)

    study = load(path, "theirs")
    assert study.metric_names == ["loss"]
    assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 4
    assert study.trials[2].params == {"x": 0.75, "kind": "b"}
    assert study.trials[2].value == 0.125
    assert study.trials[3].params == {"x": 0.5, "kind": "a"}
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1)
                   + len(trial.suggest_categorical("kind", ["a", "b"])), n_trials=1)
    read, = make_study("read", path)
    assert len(read["uuid"]) == 36
    assert [trial["origin"] for trial in read["trials"]] == ["foreign"] * 3 + ["searcher", "foreign"]


def test_what_python_changes_is_believed(folder):
    path = f"{folder}/study.db"
    make_study("write", path)
    study = load(path, "mnist")
    study.tell(1, state=optuna.trial.TrialState.FAIL)
    popped = study.ask()
    assert popped.number == 2 and popped.suggest_float("lr", 1e-5, 0.1, log=True) == 0.001
    study.enqueue_trial({"layers": 3})

    trials = make_study("read", path)[0]["trials"]
    assert trials[1]["state"] == "failed"
    assert trials[1]["reason"] == "ended by another program while running"
    assert trials[1]["params"]["batch"] == 32
    assert trials[2]["state"] == "running" and trials[2]["external"]
    assert trials[2]["params"] == {"lr": 0.001}
    assert trials[8]["state"] == "waiting" and trials[8]["params"] == {"layers": 3}
    assert trials[8]["partial"] and trials[8]["origin"] == "foreign"


def test_a_copied_study_is_another_one_and_a_renamed_one_the_same(folder):
    path = f"{folder}/study.db"
    storage = f"sqlite:///{path}"
    make_study("write", path)
    before = {study["name"]: study for study in make_study("read", path)}
    optuna.copy_study(from_study_name="mnist", from_storage=storage, to_storage=storage,
                      to_study_name="copy")
    after = {study["name"]: study for study in make_study("read", path)}
    assert after["mnist"] == before["mnist"]
    assert after["copy"]["uuid"] == ""

    optuna.delete_study(study_name="mnist", storage=storage)
    renamed = {study["name"]: study for study in make_study("read", path)}["copy"]
    assert renamed["uuid"] == before["mnist"]["uuid"]
    assert renamed["trials"] == before["mnist"]["trials"]


def test_a_deleted_study_leaves_nothing_to_the_next_one(folder):
    path = f"{folder}/study.db"
    make_study("write", path)
    for study in make_study("read", path):
        optuna.delete_study(study_name=study["name"], storage=f"sqlite:///{path}")
    study = optuna.create_study(study_name="mnist", storage=f"sqlite:///{path}")  # takes the old id
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=1)
    read, = make_study("read", path)
    assert read["uuid"] == "" and len(read["trials"]) == 1
    assert list(read["trials"][0]["params"]) == ["x"]
    make_study("resume", path)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM autoglm_study").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM autoglm_attempt").fetchone() == (1,)


if __name__ == "__main__":
    optunas.main(globals())
