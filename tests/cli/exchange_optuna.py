"""Exported studies in real Optunas, and back: exchange_optuna.py AUTOGLM"""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "storage"))
import optunas  # noqa: E402
from optunas import optuna  # noqa: E402

AUTOGLM = os.path.abspath(sys.argv[1])
SPEC = {
    "metric": {"name": "loss", "goal": "minimize"}, "seed": 3, "max_trials": 20, "searcher": "random",
    "parameters": {"opt": {"type": "categorical", "choices": ["adam", "sgd"]},
                   "lr": {"type": "log_uniform", "min": 1e-5, "max": 0.1},
                   "mom": {"type": "uniform", "min": 0, "max": 1, "when": "opt == 'sgd'"},
                   "n": {"type": "int", "min": 1, "max": 9}}}
CONVERSATION = [
    {"ask": 7},
    {"report": {"trial": 0, "step": 1, "metrics": {"loss": 0.5, "acc": 0.25}}},
    {"report": {"trial": 0, "step": 2, "metrics": {"loss": "nan"}}},
    {"report": {"trial": 0, "step": 3, "metrics": {"loss": "inf"}}},
    {"tell": {"trial": 0, "value": 0.125, "user_attrs": {"host": "a", "sizes": [1, 2]}}},
    {"tell": {"trial": 1, "state": "failed", "reason": "out of memory"}},
    {"tell": {"trial": 2, "state": "infeasible", "reason": "too large"}},
    {"tell": {"trial": 3, "state": "abandoned"}},
    {"report": {"trial": 4, "step": 1, "metrics": {"loss": 3}}},
    {"tell": {"trial": 4, "state": "pruned", "reason": "worse than the median"}},
    {"tell": {"trial": 5, "values": {"loss": 0.75}}},
    {"enqueue": {"lr": 0.01}},
]


def autoglm(folder, *arguments, lines=()):
    done = subprocess.run([AUTOGLM, *arguments], cwd=folder, capture_output=True, text=True,
                          input="".join(json.dumps(line) + "\n" for line in lines))
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def make_study(folder):
    pathlib.Path(folder, "study.json").write_text(json.dumps(SPEC))
    autoglm(folder, "stdio", "study.json", lines=CONVERSATION)
    autoglm(folder, "export", "study.db", "--to", "optuna-sqlite", "--output", "optuna.db")


def report(folder, study):
    return json.loads(autoglm(folder, "report", study, "--format", "json"))


def test_optuna_loads_the_file(folder):
    make_study(folder)
    study = optuna.load_study(study_name=None, storage=f"sqlite:///{folder}/optuna.db")
    ours = report(folder, "study.db")
    assert study.best_value == ours["best"]["value"] == 0.125
    assert study.metric_names == ["loss"]
    states = [trial.state.name for trial in study.trials]
    assert states == ["COMPLETE", "FAIL", "FAIL", "FAIL", "PRUNED", "COMPLETE", "WAITING", "WAITING"]
    for theirs, trial in zip(study.trials, ours["trials"]):
        if theirs.state.name != "WAITING":
            assert theirs.params == trial["params"]
        assert theirs.user_attrs == trial["user_attrs"]
    assert study.trials[1].system_attrs["fail_reason"] == "out of memory"


def test_the_data_frame_has_our_columns(folder):
    make_study(folder)
    study = optuna.load_study(study_name=None, storage=f"sqlite:///{folder}/optuna.db")
    from optuna.study._dataframe import _create_records_and_aggregate_column
    attributes = ("number", "value", "datetime_start", "datetime_complete", "duration", "params",
                  "user_attrs", "system_attrs", "state")
    records = _create_records_and_aggregate_column(study, attributes)[0]
    rows = [json.loads(line) for line in
            autoglm(folder, "export", "study.db", "--to", "jsonl").splitlines()]
    for record, row in zip(records, rows):
        theirs = {"_".join(filter(None, name)): value for name, value in record.items()}
        theirs["value"] = theirs.pop("value_loss", theirs.get("value"))
        for name, value in row.items():
            if name in ("datetime_start", "datetime_complete"):
                assert f"{theirs[name]:%Y-%m-%d %H:%M:%S.%f}" == value or "4." in optuna.__version__
            elif name == "duration":
                assert abs(theirs[name].total_seconds() -
                           float(value.split(":")[-1])) < 2e-6, (theirs[name], value)
            elif name.startswith("params_") and row["state"] == "WAITING":
                pass  # Optuna keeps what an enqueued trial fixes elsewhere
            else:
                assert theirs[name] == value, (name, theirs[name], value)


def test_through_optuna_and_back_nothing_is_lost(folder):
    make_study(folder)
    # A copy by Optuna itself, into a file that it made.
    optuna.copy_study(from_study_name="study", from_storage=f"sqlite:///{folder}/optuna.db",
                      to_storage=f"sqlite:///{folder}/copy.db")
    spec = autoglm(folder, "import", "copy.db", "--study", "back.db")
    assert json.loads(spec) == SPEC | {"name": "study"}
    before, after = report(folder, "study.db"), report(folder, "back.db")
    if optuna.__version__.startswith("4."):  # it reads our times as local ones
        for trial in before["trials"] + after["trials"]:
            del trial["created"], trial["started"], trial["finished"]
    assert after == before, (before, after)


if __name__ == "__main__":
    optunas.main(globals())
