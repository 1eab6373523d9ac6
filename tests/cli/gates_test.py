"""What a pipeline relies on: asserts, baselines, JUnit, and the best parameters as arguments."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import xml.etree.ElementTree

from study_folder import PROGRAM, clean_environment, main
from told_study import ToldStudy

DOCS = pathlib.Path(__file__).parents[2] / "docs"


class Asserts(ToldStudy):
    def test_one_that_holds_is_exit_0_and_says_nothing(self):
        self.values(0.5, 0.3)
        result = self.run_autoglm("report", "study.db", "--assert", "loss < 0.4", "--assert",
                                  "trials == 2 and complete == 2")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("holds  loss < 0.4 (best trial 1: loss 0.3)", result.stdout)

    def test_one_that_does_not_hold_is_exit_6_with_the_values(self):
        self.values(0.5, 0.3)
        result = self.run_autoglm("report", "study.db", "--assert", "loss < 0.1", "--assert",
                                  "loss < 0.4")
        self.assertEqual(result.returncode, 6)
        self.assertEqual(result.stderr, "--assert 'loss < 0.1': does not hold; best trial 1: "
                                        "loss 0.3\n")
        self.assertIn("study: minimize loss", result.stdout)

    def test_without_a_complete_trial_none_holds(self):
        self.study([{"ask": 1}])
        self.assertEqual(self.run_autoglm("report", "study.db").returncode, 0)
        result = self.run_autoglm("report", "study.db", "--assert", "trials < 100")
        self.assertEqual(result.returncode, 6)
        self.assertIn("no trial is complete", result.stderr)

    def test_a_mistyped_metric_gets_a_hint(self):
        self.values(0.5)
        result = self.run_autoglm("report", "study.db", "--assert", "los < 1")
        self.assertEqual(result.returncode, 6)
        self.assertIn("no los (did you mean loss?)", result.stderr)

    def test_one_that_cannot_be_read_is_exit_2(self):
        self.values(0.5)
        self.assertIn("--assert 'loss <': character",
                      self.complaint(2, "report", "study.db", "--assert", "loss <"))

    def test_with_several_metrics_one_trial_of_the_front_must_satisfy_all_of_it(self):
        self.two_metrics((10, 0.9), (5, 0.7))
        self.done("report", "study.db", "--assert", "ms < 6 and acc > 0.6")
        result = self.run_autoglm("report", "study.db", "--assert", "ms < 6 and acc > 0.8")
        self.assertEqual(result.returncode, 6)

    def test_the_json_report_has_the_checks(self):
        self.values(0.5)
        result = self.run_autoglm("report", "study.db", "--format", "json", "--assert", "loss < 1")
        self.assertEqual(json.loads(result.stdout)["checks"],
                         [{"name": "loss < 1", "holds": True, "text": "best trial 0: loss 0.5"}])


class Baselines(ToldStudy):
    def baseline(self, *values):
        self.values(*values, study="main.db")
        self.done("report", "main.db", "--format", "json", "--output", "main.json")

    def gate(self, *arguments):
        return self.run_autoglm("report", "study.db", "--baseline", "main.json", *arguments)

    def test_worse_by_two_percent_is_exit_8_with_a_sentence(self):
        self.baseline(0.9, 0.5)
        self.values(0.8, 0.51)
        result = self.gate("--max-regression", "1%")
        self.assertEqual(result.returncode, 8)
        self.assertEqual(result.stderr,
                         "--baseline main.json: loss 0.51 of trial 1 is 2 % worse than the 0.5 of "
                         "main.json; 1 % is allowed\n")

    def test_worse_by_no_more_than_is_allowed_holds(self):
        self.baseline(0.5)
        self.values(0.505)  # 1 % more, though not in binary
        self.assertEqual(self.gate("--max-regression", "1%").returncode, 0)
        self.assertEqual(self.gate("--max-regression", "0.005").returncode, 0)
        self.assertEqual(self.gate("--max-regression", "0.9%").returncode, 8)
        self.assertEqual(self.gate("--max-regression", "0.004").returncode, 8)

    def test_nothing_is_allowed_unless_it_is_said(self):
        self.baseline(0.5)
        self.values(0.5)
        self.assertEqual(self.gate().returncode, 0)
        self.values(0.5000001, study="worse.db")
        # Regression: the message was the library's, and the exit status 1.
        folder = self.run_autoglm("report", "study.db", "--baseline", ".")
        self.assertEqual((folder.returncode, folder.stdout), (2, ""))
        self.assertEqual(folder.stderr, "--baseline .: is a directory; name the file that `report --format json` "
                                        "wrote\n")
        self.assertEqual(self.run_autoglm("report", "worse.db", "--baseline",
                                          "main.json").returncode, 8)

    def test_what_is_to_become_large_is_worse_when_it_is_smaller(self):
        self.spec(trial=None, max_trials=9, metric={"name": "loss", "goal": "maximize"})
        self.baseline(-0.5)
        self.values(-0.51)
        self.assertEqual(self.gate("--max-regression", "1%").returncode, 8)
        self.assertEqual(self.gate("--max-regression", "3%").returncode, 0)

    def test_a_study_without_a_complete_trial_is_worse(self):
        self.baseline(0.5)
        self.study([{"ask": 1}])
        result = self.gate()
        self.assertEqual(result.returncode, 8)
        self.assertIn("no trial is complete, main.json has one", result.stderr)

    def test_an_assert_comes_before_the_baseline(self):
        self.baseline(0.5)
        self.values(0.9)
        result = self.gate("--assert", "loss < 0.6")
        self.assertEqual(result.returncode, 6)
        self.assertEqual(result.stderr.count("\n"), 2)

    def test_several_metrics_are_held_against_each_trial_of_the_front(self):
        self.two_metrics((10, 0.9), (5, 0.7), study="main.db")
        self.done("report", "main.db", "--format", "json", "--output", "main.json")
        self.two_metrics((10.1, 0.9), (4, 0.7))
        self.assertEqual(self.gate("--max-regression", "1%").returncode, 0)
        result = self.gate()
        self.assertEqual(result.returncode, 8)
        self.assertIn("no trial is as good as main.json has one (ms 10.0, acc 0.9)", result.stderr)

    def test_mistakes_are_exit_2(self):
        self.values(0.5)
        self.write("text.json", "no JSON")
        self.write("empty.json", '{"best": null}')
        self.write("other.json", '{"direction": "maximize", "best": {"value": 1}}')
        for arguments, text in [
                (["--baseline", "nowhere.json"], "No such file"),
                (["--baseline", "text.json"], "is no JSON object"),
                (["--baseline", "empty.json"], "has no best trial"),
                (["--baseline", "other.json"], "wants to maximize, the study to minimize"),
                (["--max-regression", "1%"], "needs a --baseline"),
                (["--baseline", "other.json", "--max-regression", "-1%"], "--max-regression -1%"),
                (["--baseline", "other.json", "--max-regression", "x"], "--max-regression x")]:
            with self.subTest(arguments):
                self.assertIn(text, self.complaint(2, "report", "study.db", *arguments))


class Junit(ToldStudy):
    def test_there_is_a_case_for_each_check_and_one_for_the_study(self):
        self.values(0.5)
        result = self.run_autoglm("report", "study.db", "--assert", "loss < 1", "--assert",
                                  "loss < 0.1", "--junit", "checks.xml")
        self.assertEqual(result.returncode, 6)
        suite = xml.etree.ElementTree.parse(self.path("checks.xml")).getroot().find("testsuite")
        self.assertEqual((suite.get("name"), suite.get("tests"), suite.get("failures")),
                         ("study", "3", "1"))
        cases = {case.get("name"): case.find("failure") for case in suite}
        self.assertEqual(list(cases), ["loss < 1", "loss < 0.1", "a trial is complete"])
        self.assertEqual(cases["loss < 0.1"].get("message"), "best trial 0: loss 0.5")
        self.assertEqual([cases["loss < 1"], cases["a trial is complete"]], [None, None])

    def test_a_study_without_a_complete_trial_fails_its_case(self):
        self.study([{"ask": 1}])
        self.done("report", "study.db", "--junit", "checks.xml")
        cases = xml.etree.ElementTree.parse(self.path("checks.xml")).getroot().iter("testcase")
        self.assertEqual([case.find("failure").get("message") for case in cases],
                         ["1 trial: 1 waiting"])

    def test_one_that_cannot_be_written_is_exit_1(self):
        self.values(0.5)
        self.assertIn("nowhere/checks.xml: cannot be written",
                      self.complaint(1, "report", "study.db", "--junit", "nowhere/checks.xml"))


class Arguments(ToldStudy):
    def test_the_best_parameters_are_one_line_for_a_shell(self):
        self.spec(trial=None, max_trials=9, parameters={
            "lr": {"type": "constant", "value": 0.01},
            "opt": {"type": "constant", "value": "it's $HOME"},
            "flag": {"type": "constant", "value": True},
            "off": {"type": "uniform", "min": 0, "max": 1, "when": "opt == 'none of it'"}
        } | {"x": {"type": "int", "min": 3, "max": 3}})
        spec = json.loads((self.folder / "study.json").read_text())
        del spec["parameters"]["off"]  # a condition that cannot hold is a mistake
        self.write("study.json", json.dumps(spec))
        self.values(0.5)
        text = self.done("report", "study.db", "--format", "args")
        self.assertEqual(text.count("\n"), 1)
        self.assertEqual(shlex.split(text), ["--lr", "0.01", "--opt", "it's $HOME", "--flag",
                                             "true", "--x", "3"])

    def documented_line(self, page):
        """What the docs tell to write into a shell, and what its train.py here was given."""
        text = (DOCS / page).read_text()
        line, = re.findall(r"`([^`\n]*python3 train\.py[^`\n]*)`", text)
        folder = pathlib.Path(PROGRAM).resolve().parent
        self.write("train.py", "import json, sys\nprint(json.dumps(sys.argv[1:]))\n")
        return subprocess.run(["sh", "-c", line], cwd=self.folder, capture_output=True, text=True,
                              env=clean_environment({"PATH": f"{folder}:{os.environ['PATH']}"}))

    def test_the_line_of_the_docs_hands_each_value_over_whole(self):
        self.spec(trial=None, max_trials=1, parameters={
            "size": {"type": "constant", "value": "64 x 2"}, "opt": {"type": "constant", "value": "it's $HOME *"}})
        self.values(0.5)
        for page in "commands.md", "pipelines.md":
            with self.subTest(page):
                result = self.documented_line(page)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(json.loads(result.stdout), ["--size", "64 x 2", "--opt", "it's $HOME *"])

    def test_the_line_of_the_docs_trains_nothing_without_a_best_trial(self):
        self.study([{"ask": 1}])
        for page in "commands.md", "pipelines.md":
            with self.subTest(page):
                result = self.documented_line(page)
                self.assertEqual((result.returncode, result.stdout), (3, ""))

    def test_without_a_complete_trial_there_are_none_and_exit_3(self):
        self.study([{"ask": 1}])
        result = self.run_autoglm("report", "study.db", "--format", "args")
        self.assertEqual((result.returncode, result.stdout), (3, ""))

    def test_several_metrics_have_no_best(self):
        self.two_metrics((10, 0.9))
        self.assertIn("no best trial", self.complaint(2, "report", "study.db", "--format", "args"))


class Pages(ToldStudy):
    def curve(self):
        self.study([{"ask": 2}] +
                   [{"report": {"trial": 0, "step": step, "metrics": {"loss": 1 / step}}}
                    for step in range(1, 9)] +
                   [{"tell": {"trial": 0, "value": 0.125}},
                    {"tell": {"trial": 1, "state": "failed", "reason": "<b>no & never</b>"}}])

    def test_tables_show_how_a_trial_came_to_its_value(self):
        self.curve()
        self.assertIn("█▄▃▂▂▁▁▁", self.done("report", "study.db"))
        self.assertIn("| █▄▃▂▂▁▁▁ |", self.done("report", "study.db", "--format", "markdown"))

    def test_html_is_one_well_formed_page_with_drawings(self):
        self.curve()
        page = self.done("report", "study.db", "--format", "html", "--assert", "loss < 0.2")
        self.assertTrue(page.startswith("<!DOCTYPE html>"))
        for part in ("<h1>study</h1>", "loss &lt; 0.2", "&lt;b&gt;no &amp; never&lt;/b&gt;",
                     "<polyline"):
            self.assertIn(part, page)
        self.assertNotIn("http", page)

    def test_html_of_several_metrics_marks_the_front(self):
        self.two_metrics((10, 0.9), (12, 0.8), (5, 0.7))
        page = self.done("report", "study.db", "--format", "html")
        self.assertEqual((page.count("<circle"), page.count('class="front"')), (3, 2))

    def test_markdown_has_the_checks_for_a_job_page(self):
        self.values(0.5)
        result = self.run_autoglm("report", "study.db", "--format", "markdown", "--assert",
                                  "loss < 0.1")
        self.assertIn("| **fails** | loss \\< 0.1 | best trial 0: loss 0.5 |", result.stdout)

    def test_an_empty_study_has_a_page(self):
        self.study([])
        self.assertIn("no trials yet", self.done("report", "study.db", "--format", "html"))


if __name__ == "__main__":
    main()
