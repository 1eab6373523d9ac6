"""From a command to a study: init, validate --run, preview."""

import json
import os
import re
import shutil

from good_specs import without_comments
from study_folder import PARABOLA, StudyFolder, main


class Init(StudyFolder):
    def draft(self, *command, options=()):
        result = self.run_autoglm("init", *options, "--", *command)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.write("study.json", result.stdout)
        validated = self.run_autoglm("validate", "study.json")
        self.assertEqual((validated.returncode, validated.stderr), (0, ""), result.stdout)
        self.text = result.stdout
        return json.loads(without_comments(result.stdout))

    def test_numbers_become_ranges_around_themselves(self):
        spec = self.draft("python3", "train.py", "--lr", "0.01", "--batch-size=32", "model.dropout=0.1",
                          "--layers", "3", "--nesterov", "true", "--opt", "adam", "--verbose", "-w", "1e-4")
        self.assertEqual(spec["name"], "train")
        parameters = spec["parameters"]
        self.assertEqual(list(parameters), ["lr", "batch_size", "model_dropout", "layers", "nesterov", "w"])
        self.assertEqual(parameters["lr"], {"type": "log_uniform", "min": 0.0001, "max": 0.1})
        self.assertEqual(parameters["batch_size"], {"type": "log_int", "min": 8, "max": 128})
        self.assertEqual(parameters["model_dropout"], {"type": "uniform", "min": 0, "max": 1})
        self.assertEqual(parameters["layers"]["type"], "int")
        self.assertEqual(parameters["nesterov"]["choices"], [True, False])
        self.assertEqual(parameters["w"]["type"], "log_uniform")
        self.assertEqual(spec["trial"]["command"], [
            "python3", "train.py", "--lr", "{lr}", "--batch-size={batch_size}",
            "model.dropout={model_dropout}", "--layers", "{layers}", "--nesterov", "{nesterov}",
            "--opt", "adam", "--verbose", "-w", "{w}"])

    def test_the_command_as_it_was_is_the_first_trial(self):
        spec = self.draft("python3", "train.py", "--lr", "0.01", "--n", "12")
        self.assertEqual(spec["initial"], [{"lr": 0.01, "n": 12}])
        first = json.loads(self.run_autoglm("preview", "study.json", "--json").stdout)["suggestions"][0]
        self.assertEqual(first["params"], {"lr": 0.01, "n": 12})

    def test_its_comments_say_what_to_change(self):
        self.draft("python3", "train.py", "--lr", "0.01")
        self.assertIn("EDIT", self.text)
        self.assertIn("// was 0.01", self.text)
        self.assertIn("autoglm validate --run", self.text)

    def test_odd_commands_still_pass_validate(self):
        for command in (["./run"], ["prog", "1", "-2", "0", "0.0", "-0.5", "1e9"], ["prog", "{x}", "a=}", "9=9"],
                        ["prog", "--a", "1", "--A", "2", "-a", "3"], ["sh", "-c", "echo 1"],
                        ["prog", "--seed", "42"], ["prog", "--trial.x", "3", "--é", "1.5", "nan", "inf"]):
            with self.subTest(command):
                self.draft(*command)

    def test_a_seed_is_the_trials(self):
        spec = self.draft("prog", "--seed", "42", "--lr", "0.1")
        self.assertEqual(spec["trial"]["command"], ["prog", "--seed", "{trial.seed}", "--lr", "{lr}"])

    def test_metric_goal_and_name_can_be_given(self):
        spec = self.draft("prog", "--lr", "1", options=["--metric", "acc", "--goal", "maximize", "--name", "mine"])
        self.assertEqual((spec["name"], spec["metric"]), ("mine", {"name": "acc", "goal": "maximize"}))

    # Regression: an option before -- made CLI11 take the program's words for options of init.
    def test_what_stands_behind_the_dashes_is_the_programs(self):
        spec = self.draft("prog", "--goal", "3", "--", "--metric=x", options=["--metric", "acc"])
        self.assertEqual(spec["metric"]["name"], "acc")
        self.assertEqual(spec["trial"]["command"], ["prog", "--goal", "{goal}", "--", "--metric=x"])

    def test_mistakes(self):
        for arguments, message in (
                (("--goal", "max", "--", "prog", "--lr", "3"), "--goal: max not in {minimize,maximize}; see --help"),
                (("--metrik", "x", "--", "prog", "--lr", "3"), 'unknown argument "--metrik"; did you mean "--metric"?'),
                (("prog", "--lr", "3"), 'unknown argument "--lr"; write -- before the command: '
                                        "autoglm init -- python3 train.py --lr 0.01"),
                (("--metric", "", "--", "prog"), '--metric "": a metric needs a name'),
                (("--metric", "step", "--", "prog"), '--metric "step": in what a trial reports, step is the step; '
                                                     "give the metric another name")):
            with self.subTest(arguments):
                result = self.run_autoglm("init", *arguments)
                self.assertEqual((result.returncode, result.stdout, result.stderr),
                                 (2, "", f"autoglm init: {message}\n"))

    def test_without_a_command_it_says_how(self):
        result = self.run_autoglm("init")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("autoglm init -- python3 train.py --lr 0.01", result.stderr)


class Preview(StudyFolder):
    def preview(self, *arguments):
        result = self.run_autoglm("preview", "study.json", "--json", *arguments)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(os.listdir(self.folder), ["study.json"])
        return json.loads(result.stdout)

    def test_the_first_suggestion_is_the_first_trial_of_tune(self):
        for searcher in "random", "gp", "sobol":
            with self.subTest(searcher):
                (self.folder / "study.db").unlink(missing_ok=True)
                shutil.rmtree(self.folder / "study.trials", ignore_errors=True)
                self.spec(searcher=searcher, seed=5)
                first = self.preview()["suggestions"][0]
                trial = self.tuned("--trials", "1")["trials"][0]
                self.assertEqual((first["params"], first["seed"]), (trial["params"], trial["seed"]))

    def test_the_rung_plan_and_the_cost_of_the_budget(self):
        self.spec(max_trials=27, early_stopping={"type": "asha", "min_steps": 1, "max_steps": 9, "reduction": 3},
                  trial={"command": "true", "timeout": "10s", "seeds": 2}, parallel=2)
        shown = self.preview()
        self.assertEqual(shown["early_stopping"]["rungs"],
                         [{"step": 1, "trials": 27}, {"step": 3, "trials": 9}, {"step": 9, "trials": 3}])
        budget = shown["budget"]
        # 27 trials for one step, 9 for two more, 3 for six more.
        self.assertEqual((budget["steps"], budget["steps_without_early_stopping"]), (63, 243))
        self.assertEqual((budget["runs"], budget["longest_s"]), (54, 270))

    def test_it_ends_with_the_budget(self):
        self.spec(max_trials=2)
        self.assertEqual(len(self.preview()["suggestions"]), 2)
        self.assertEqual(len(self.preview("--count", "1")["suggestions"]), 1)

    def test_people_get_text(self):
        self.spec(early_stopping="asha")
        text = self.run_autoglm("preview", "study.json").stdout
        for part in ("trial 0:\n  x  0.", "early stopping: asha", "budget: 4 runs of the program"):
            self.assertIn(part, text)


class ValidateRun(StudyFolder):
    def run_one(self, **changes):
        self.spec(**changes)
        self.result = self.run_autoglm("validate", "study.json", "--run", "--json")
        self.assertEqual(os.listdir(self.folder), ["study.json"])
        return json.loads(self.result.stdout)["run"]

    def test_it_shows_the_metrics_where_and_how_long(self):
        run = self.run_one(max_trials=100)
        self.assertEqual(self.result.returncode, 0)
        self.assertEqual((run["state"], run["missing"]), ("complete", []))
        metric, = run["metrics"]
        self.assertEqual((metric["name"], metric["where"], metric["reports"]),
                         ("loss", "a JSON line of standard output", 3))
        self.assertAlmostEqual(run["study_duration_s"], 100 * run["duration_s"])
        self.assertTrue(run["directory"].endswith("/0/1"))
        self.assertIn(os.path.dirname(os.path.dirname(run["directory"])), self.result.stderr)

    def test_each_way_of_reporting_is_told(self):
        for command, where in (("$AUTOGLM log loss=1", "the metrics file"),
                               ('echo \'{{"loss": 1}}\'', "standard output"),
                               ("echo loss is 1", "a capture pattern")):
            with self.subTest(command):
                run = self.run_one(trial={"command": command, "capture": ["loss is (?P<loss>[0-9]+)"]})
                self.assertIn(where, run["metrics"][0]["where"])

    def test_a_metric_that_is_not_found_is_exit_3_with_those_that_were(self):
        run = self.run_one(trial={"command": 'echo \'{{"los": 1, "acc": 2}}\''})
        self.assertEqual(self.result.returncode, 3)
        self.assertEqual([metric["name"] for metric in run["metrics"]], ["los", "acc"])
        self.assertEqual(run["missing"], ["loss"])
        text = self.run_autoglm("validate", "study.json", "--run").stdout
        self.assertIn('not found: loss; have the program print {"loss": 0.5}', text)

    def test_a_program_that_fails_is_exit_3_with_its_reason(self):
        run = self.run_one(trial={"command": "echo broken >&2; exit 4", "retries": 3, "seeds": 2})
        self.assertEqual(self.result.returncode, 3)
        self.assertIn("broken", run["reason"])

    def test_it_is_the_first_trial_of_tune(self):
        run = self.run_one(seed=9)
        self.assertEqual(run["params"], self.tuned("--trials", "1")["trials"][0]["params"])

    def test_without_a_trial_section_there_is_nothing_to_run(self):
        self.spec(trial=None)
        result = self.run_autoglm("validate", "study.json", "--run")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn('"trial" is missing', result.stderr)

    def test_validate_alone_starts_nothing(self):
        self.spec(trial={"command": "touch started"})
        shown = json.loads(self.run_autoglm("validate", "study.json", "--json").stdout)
        self.assertIsNone(shown["run"])
        self.assertEqual(os.listdir(self.folder), ["study.json"])


class Newcomer(StudyFolder):
    def test_three_commands_from_a_program_to_a_finished_trial(self):
        self.write("train.sh", re.sub(r"\{\{|\}\}", lambda m: m[0][0], PARABOLA).replace("x=$1", "x=$2"))
        draft = self.run_autoglm("init", "--", "sh", "train.sh", "--x", "0.5").stdout
        self.write("study.json", draft)
        self.assertEqual(self.run_autoglm("validate", "study.json", "--run").returncode, 0)
        self.assertEqual(self.run_autoglm("tune", "study.json", "--trials", "1", "--study", "s.db").returncode, 0)
        self.assertEqual(self.report("s.db")["trials"][0]["params"], {"x": 0.5})


if __name__ == "__main__":
    main()
