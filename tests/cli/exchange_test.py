"""Studies out to other programs and in from them: export, import. What needs Optuna is in exchange_optuna.py."""

import csv
import io
import json
import math
import os
import pathlib
import sqlite3

from good_specs import without_comments
from study_folder import main
from told_study import ToldStudy

FILES = pathlib.Path(__file__).parent / "optuna_files"


class Export(ToldStudy):
    def small(self):
        self.study([{"ask": 3},
                    {"report": {"trial": 0, "step": 1, "metrics": {"loss": 0.5, "acc": 0.1}}},
                    {"tell": {"trial": 0, "value": 0.4, "user_attrs": {"host": "a, b", "n": [1]}}},
                    {"tell": {"trial": 1, "state": "infeasible", "reason": "too \"large\""}}])

    def test_csv_has_the_columns_of_optunas_data_frame(self):
        self.small()
        rows = list(csv.DictReader(io.StringIO(self.done("export", "study.db", "--to", "csv"),
                                               newline="")))
        self.assertEqual(list(rows[0]), ["number", "value", "datetime_start", "datetime_complete", "duration",
                                         "params_x", "user_attrs_host", "user_attrs_n",
                                         "system_attrs_fail_reason", "state"])
        self.assertEqual([row["state"] for row in rows], ["COMPLETE", "FAIL", "WAITING"])
        self.assertEqual((rows[0]["value"], rows[0]["user_attrs_host"], rows[0]["user_attrs_n"]),
                         ("0.4", "a, b", "[1]"))
        self.assertEqual(rows[1]["system_attrs_fail_reason"], 'too "large"')
        self.assertRegex(rows[0]["datetime_start"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$")
        self.assertRegex(rows[0]["duration"], r"^0 days 00:00:\d\d\.\d{6}$")

    def test_jsonl_is_an_object_a_trial_without_what_is_not_there(self):
        self.small()
        self.done("export", "study.db", "--to", "jsonl", "--output", "study.jsonl")
        rows = [json.loads(line) for line in (self.folder / "study.jsonl").read_text().splitlines()]
        self.assertEqual([row["value"] for row in rows], [0.4, None, None])
        self.assertEqual(rows[0]["user_attrs_n"], [1])
        self.assertNotIn("user_attrs_host", rows[1])
        self.assertIsInstance(rows[0]["params_x"], float)

    def test_several_metrics_are_columns_by_name(self):
        self.two_metrics((10, 0.9))
        header = self.done("export", "study.db", "--to", "csv").splitlines()[0]
        self.assertTrue(header.startswith("number,values_ms,values_acc,datetime_start,"))

    def test_sqlite_has_optunas_tables_alone(self):
        self.small()
        self.done("export", "study.db", "--to", "optuna-sqlite", "--output", "optuna.db")
        self.assertEqual(sorted(os.listdir(self.folder)), ["optuna.db", "study.db", "study.json"])
        with sqlite3.connect(self.path("optuna.db")) as file:
            tables = {name for name, in file.execute("SELECT name FROM sqlite_master")}
            self.assertEqual([name for name in tables if name.startswith("autoglm")], [])
            self.assertEqual(file.execute("SELECT key FROM trial_user_attributes").fetchall(),
                             [("host",), ("n",)])
            self.assertEqual(file.execute("SELECT * FROM study_user_attributes").fetchall(), [])
        file.close()

    def test_one_study_of_several_is_exported(self):
        self.small()
        self.study([{"ask": 1}], "--new-study")
        self.assertIn("--study-name", self.complaint(2, "export", "study.db", "--to", "csv"))
        self.done("export", "study.db", "--study-name", "study-2", "--to", "optuna-sqlite", "--output", "o.db")
        with sqlite3.connect(self.path("o.db")) as file:
            self.assertEqual(file.execute("SELECT study_name FROM studies").fetchall(), [("study-2",)])
            self.assertEqual(file.execute("SELECT number FROM trials").fetchall(), [(0,)])
        file.close()

    def test_mistakes(self):
        self.small()
        self.write("text.db", "no database " * 100)
        self.assertIn("no such file", self.complaint(2, "export", "no.db", "--to", "csv").lower())
        self.assertIn("text.db: ", self.complaint(7, "export", "text.db", "--to", "csv"))
        self.assertIn("--output FILE", self.complaint(2, "export", "study.db", "--to", "optuna-sqlite"))
        self.assertIn("--output study.db is the study itself",
                      self.complaint(2, "export", "study.db", "--to", "optuna-sqlite",
                                     "--output", "study.db"))
        self.assertIn("--to", self.complaint(2, "export", "study.db"))
        self.assertIn("cannot be written",
                      self.complaint(1, "export", "study.db", "--to", "csv", "--output", "no/a.csv"))
        self.assertIn("cannot be written",
                      self.complaint(1, "export", "study.db", "--to", "optuna-sqlite", "--output", "no/a.db"))


class ImportOfOurs(ToldStudy):
    SPEC = """// Mine: "name" is first.
{"parameters": {"x": {"type": "uniform", "min": 0, "max": 1}}, /* é */ %s "metric":
  {"name": "loss", "goal": "minimize"}, "max_trials": 9} // end
"""

    def imported_spec(self, name):
        """The spec that import prints of the second study of a file, which goes on with it."""
        for begun in (), ("--new-study",):
            self.study([{"ask": 1}, {"tell": {"trial": 0, "value": 1}}], "--study", "two.db", *begun, spec="two.json")
        text = self.done("import", "two.db", "--study-name", name, "--study", "imp.db")
        self.write("imp.json", text)
        self.study([{"ask": 1}], "--study", "imp.db", spec="imp.json")
        report = self.report("imp.db")
        self.assertEqual((report["study"], len(report["trials"])), (name, 2))
        return text

    # Regression: the spec had the name that it was written with, and began another study.
    def test_the_spec_of_a_further_study_goes_on_with_it(self):
        self.write("two.json", self.SPEC % r'"name": "t\"w\u006f",')
        self.assertEqual(self.imported_spec('t"wo-2'), self.SPEC % r'"name": "t\"wo-2",')

    def test_a_spec_without_a_name_gets_the_studys(self):
        self.write("two.json", "\ufeff" + self.SPEC % "")
        self.assertIn('\n{"name": "two-2","parameters"', self.imported_spec("two-2"))


class ImportOfOptuna(ToldStudy):
    def old(self, version):
        file = sqlite3.connect(self.path("old.db"))
        file.executescript((FILES / f"{version}.sql").read_text())
        file.close()

    def imported(self, version):
        """The report of the study that import makes, and its spec."""
        self.old(version)
        result = self.run_autoglm("import", "old.db", "--study", "new.db")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.notes = result.stderr
        self.write("new.json", result.stdout)
        return self.report("new.db"), json.loads(without_comments(result.stdout))

    def test_old_schemas_are_taken_whole(self):
        for version in "2.10", "3.1":
            with self.subTest(version):
                for name in "old.db", "new.db":
                    (self.folder / name).unlink(missing_ok=True)
                report, spec = self.imported(version)
                source = sqlite3.connect(self.path("old.db"))
                self.assertEqual((report["study"], report["direction"]), ("old", "maximize"))
                self.assertEqual([trial["state"] for trial in report["trials"]],
                                 ["complete"] * 3 + ["pruned", "failed"] + ["complete"] * 2 + ["waiting"])
                expected = dict(source.execute(
                    "SELECT number, value FROM trials JOIN trial_values USING (trial_id)"))
                for trial in report["trials"]:
                    value = expected.get(trial["number"])
                    if value is not None and math.isfinite(value):
                        self.assertEqual(trial["value"], value)
                x = source.execute("SELECT param_value FROM trial_params WHERE trial_id = 1 AND "
                                   "param_name = 'x'").fetchone()[0]
                self.assertEqual(report["trials"][0]["params"]["x"], x)
                self.assertEqual(report["trials"][0]["user_attrs"], {"host": "h"})
                self.assertEqual(report["trials"][7]["params"], {"x": 0.25})
                source.close()

    def test_the_spec_has_each_distribution(self):
        for version in "2.10", "3.1":
            with self.subTest(version):
                for name in "old.db", "new.db":
                    (self.folder / name).unlink(missing_ok=True)
                _, spec = self.imported(version)
                parameters = spec["parameters"]
                self.assertEqual(spec["metric"], {"name": "value", "goal": "maximize"})
                self.assertEqual(parameters["x"], {"type": "uniform", "min": -1, "max": 1})
                self.assertEqual(parameters["lr"], {"type": "log_uniform", "min": 1e-5, "max": 0.1})
                self.assertEqual(parameters["q"], {"type": "uniform", "min": 0, "max": 1, "step": 0.25})
                self.assertEqual(parameters["n"], {"type": "int", "min": 1, "max": 9, "step": 2})
                self.assertEqual(parameters["m"], {"type": "log_int", "min": 1, "max": 1024})
                self.assertEqual(parameters["c"], {"type": "categorical", "choices": ["a", None, 3, True]})
                self.assertEqual(self.run_autoglm("validate", "new.json").stderr, "")

    def test_what_has_no_counterpart_is_listed(self):
        self.imported("2.10")
        for text in ("no counterpart: sampler and pruner", "no counterpart: system attributes of trials (mine)",
                     'no counterpart: parameter "only_a": only'):
            self.assertIn(text, self.notes)

    def test_the_study_goes_on(self):
        self.imported("2.10")
        result = self.run_autoglm("stdio", "new.json", "--study", "new.db")
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    # Regression: explain wanted a searcher, which a study has not before ask or tune goes on with it.
    def test_its_trials_are_explained_before_it_goes_on(self):
        self.imported("2.10")
        explained = json.loads(self.done("explain", "new.db", "2", "--json"))
        self.assertEqual((explained["searcher"], explained["origin"]), (None, "foreign"))
        self.assertEqual(explained["choice"], {"confirmed": None, "note": "another program chose it"})
        self.assertEqual(explained["ending"]["rule"], "none")
        self.assertIn("not derived: another program chose it", self.done("explain", "new.db", "2"))

    def test_mistakes(self):
        self.old("2.10")
        self.assertIn("no such file", self.complaint(2, "import", "no.db").lower())
        self.write("new.db", "")
        self.assertIn("is there already", self.complaint(2, "import", "old.db", "--study", "new.db"))
        self.assertIn("no study is called", self.complaint(2, "import", "old.db", "--study-name", "odl"))
        self.assertIn('"autoglm import old.db"', self.complaint(7, "report", "old.db"))
        other = sqlite3.connect(self.path("other.db"))
        other.execute("CREATE TABLE recipes (name TEXT)")
        other.commit()
        other.close()
        self.assertIn("other.db: ", self.complaint(7, "import", "other.db"))


SWEEP = """
program: train.py
method: bayes
metric:
  name: val_loss
  goal: minimize
run_cap: 30
project: digits
parameters:
  lr:
    distribution: log_uniform_values
    min: 1e-5
    max: 0.1
  decay: {distribution: log_uniform, min: -4.60517018598809, max: 0}
  layers: {min: 1, max: 8}
  dropout: {distribution: q_uniform, min: 0, max: 0.5, q: 0.1}
  optimizer: {values: [adam, sgd]}
  epochs: {value: 27}
  size: {distribution: normal, mu: 1, sigma: 0.5}
early_terminate: {type: hyperband, min_iter: 3, eta: 3}
command:
  - ${env}
  - ${interpreter}
  - ${program}
  - ${args}
"""


class ImportOfSweeps(ToldStudy):
    def imported(self, text):
        self.write("sweep.yaml", text)
        result = self.run_autoglm("import", "sweep.yaml")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.write("sweep.json", result.stdout)
        self.assertEqual(self.run_autoglm("validate", "sweep.json").stderr, "")
        return json.loads(without_comments(result.stdout)), result.stderr

    def test_each_word_becomes_ours(self):
        spec, notes = self.imported(SWEEP)
        self.assertEqual((spec["searcher"], spec["max_trials"]), ("gp", 30))
        self.assertEqual(spec["metric"], {"name": "val_loss", "goal": "minimize"})
        parameters = spec["parameters"]
        self.assertEqual(parameters["lr"], {"type": "log_uniform", "min": 1e-5, "max": 0.1})
        self.assertAlmostEqual(parameters["decay"]["min"], 0.01, places=12)
        self.assertEqual(parameters["decay"]["max"], 1)
        self.assertEqual(parameters["layers"], {"type": "int", "min": 1, "max": 8})
        self.assertEqual(parameters["dropout"], {"type": "uniform", "min": 0, "max": 0.5, "step": 0.1})
        self.assertEqual(parameters["optimizer"], {"type": "categorical", "choices": ["adam", "sgd"]})
        self.assertEqual(parameters["epochs"], {"type": "constant", "value": 27})
        self.assertEqual(parameters["size"], {"type": "uniform", "min": -0.5, "max": 2.5})
        self.assertEqual(spec["early_stopping"], {"type": "asha", "min_steps": 3, "reduction": 3})
        self.assertEqual(spec["trial"]["command"][:3], ["python3", "train.py", "--lr={lr}"])
        self.assertIn("no counterpart: project\n", notes)
        self.assertIn('parameter "size": normal is uniform', notes)

    def parameter(self, distribution):
        """The drafted parameter, and what is said of it."""
        spec, notes = self.imported(f"parameters:\n  a: {{{distribution}}}\n")
        return spec["parameters"]["a"], [note for note in notes.splitlines() if "parameter" in note]

    def test_the_inverse_log_uniform_is_log_uniform_between_the_inverse_bounds(self):
        drafted, notes = self.parameter("distribution: inv_log_uniform, min: 2, max: 5")
        self.assertEqual((drafted["type"], notes), ("log_uniform", []))
        self.assertAlmostEqual(drafted["min"], 0.006737946999085467, places=15)  # exp(-5)
        self.assertAlmostEqual(drafted["max"], 0.1353352832366127, places=15)  # exp(-2)
        self.assertEqual(self.parameter("distribution: inv_log_uniform_values, min: 0.01, max: 5"),
                         ({"type": "log_uniform", "min": 0.01, "max": 5}, []))

    def test_a_step_that_is_lost_is_told(self):
        def told(text):
            return [f'no counterpart: parameter "a": {text}']

        log = "distribution: q_log_uniform_values, min: {}, max: {}, q: {}"
        self.assertEqual(self.parameter(log.format(0.5, 100, 1)),
                         ({"type": "log_uniform", "min": 0.5, "max": 100}, told("the step 1 of a log range")))
        self.assertEqual(self.parameter(log.format(2, 100, 1)), ({"type": "log_int", "min": 2, "max": 100}, []))
        self.assertEqual(self.parameter(log.format(2, 100, 4)),
                         ({"type": "log_int", "min": 2, "max": 100}, told("the step 4 of a log range")))
        self.assertEqual(self.parameter("distribution: q_normal, mu: 0, sigma: 1, q: 0.5"),
                         ({"type": "uniform", "min": -3, "max": 3},
                          told("q_normal is uniform within three sigma here, without its step 0.5")))
        self.assertEqual(self.parameter("distribution: q_uniform, min: 1, max: 10, q: 2"),
                         ({"type": "int", "min": 1, "max": 10, "step": 2},
                          told("q_uniform has the multiples of 2; here steps count from 1")))

    def stopping(self, rule):
        """The drafted rule, and what is said of it."""
        spec, notes = self.imported(f"parameters: {{a: {{min: 0, max: 1}}}}\nearly_terminate: {{{rule}}}\n")
        return spec.get("early_stopping"), [note.removeprefix("no counterpart: early_terminate")
                                            for note in notes.splitlines() if "early_terminate" in note]

    def test_rungs_are_those_of_wandb_or_are_told(self):
        # W&B: 27 / 3 and 27 / 9.
        self.assertEqual(self.stopping("type: hyperband, max_iter: 27, s: 2"),
                         ({"type": "asha", "min_steps": 3, "max_steps": 27, "reduction": 3},
                          [" hyperband: asha is drafted, which has the same rungs (3, 9)"]))
        # W&B: 27 / 2.5 = 10.8 and 27 / 6.25 = 4.32.
        self.assertEqual(self.stopping("type: hyperband, max_iter: 27, s: 2, eta: 2.5"),
                         ({"type": "asha", "min_steps": 4, "max_steps": 27, "reduction": 3},
                          [" hyperband: asha is drafted, with rungs at 4, 12; those of W&B are at 4, 10; of 3 trials "
                           "one goes on, of W&B's one of 2.5"]))
        # W&B: 20 / 3 = 6.7 and 20 / 9 = 2.2; 20 / 27 is below 1.
        self.assertEqual(self.stopping("type: hyperband, max_iter: 20, s: 5")[1],
                         [" hyperband: asha is drafted, with rungs at 2, 6, 18; those of W&B are at 2, 6"])
        self.assertEqual(self.stopping("type: hyperband, min_iter: 3"),
                         ({"type": "asha", "min_steps": 3, "reduction": 3},
                          [" hyperband: asha is drafted, which has the same rungs (3, 9, 27, …)"]))

    def test_what_else_an_early_termination_says_is_told(self):
        self.assertIn(".strict", self.stopping("type: hyperband, min_iter: 3, strict: true")[1])
        self.assertEqual(self.stopping("type: hyperband, max_iter: 2, s: 1"),
                         (None, [" hyperband: has no rung between 1 and max_iter"]))
        self.assertEqual(self.stopping("type: envelope"), (None, [' "envelope"']))

    def test_json_is_yaml(self):
        spec, _ = self.imported('{"method": "grid", "parameters": {"a": {"values": [1, 2]}}}')
        self.assertEqual((spec["searcher"], spec["parameters"]["a"]["choices"]), ("grid", [1, 2]))

    def test_mistakes_have_a_place(self):
        self.write("sweep.yaml", "method: grid\n")
        self.assertEqual(self.complaint(2, "import", "sweep.yaml"),
                         'sweep.yaml:1:1: /: is no sweep: "parameters" is missing\n')
        self.write("sweep.yaml", "parameters:\n  a: [1\n")
        self.assertIn("sweep.yaml:3:1: ", self.complaint(2, "import", "sweep.yaml"))
        self.write("sweep.yaml", "parameters:\n  a: {min: one, max: 3}\n")
        self.assertIn("sweep.yaml:2:12: /parameters/a/min: must be a number",
                      self.complaint(2, "import", "sweep.yaml"))


if __name__ == "__main__":
    main()
