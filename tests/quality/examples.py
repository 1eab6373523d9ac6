"""Every example runs, and prints what its README says. Usage: examples.py AUTOGLM"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest


class Examples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.examples = pathlib.Path(folder.name, "examples")
        shutil.copytree("examples", self.examples, ignore=shutil.ignore_patterns("*.db*", "*.trials"))

    def autoglm(self, *arguments):
        return subprocess.run([AUTOGLM, *map(str, arguments)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)

    def tune(self, spec, *options):
        """Tunes an example; its report."""
        path = self.examples / spec
        done = self.autoglm("tune", path, "--progress", "none", *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        (study,) = path.parent.glob(json.loads(re.sub("//.*", "", path.read_text()))["name"] + ".db")
        shown = self.autoglm("report", study, "--format", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return json.loads(shown.stdout)

    def test_every_spec_is_valid(self):
        specs = sorted(self.examples.rglob("*.json"))
        self.assertGreaterEqual(len(specs), 4)
        for spec in specs:
            done = self.autoglm("validate", spec)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_spec_in_the_documents_is_valid(self):
        found = 0
        for document in (*pathlib.Path().glob("*.md"), *pathlib.Path("docs").glob("*.md")):
            for text in re.findall(r"^```json\n(.*?)^```", document.read_text(), re.M | re.S):
                if '"parameters"' in text:
                    spec = self.examples / "document.json"
                    spec.write_text(text)
                    done = self.autoglm("validate", spec)
                    self.assertEqual(done.returncode, 0, f"{document}: {done.stderr}")
                    found += 1
        self.assertGreaterEqual(found, 2)

    def test_a_shell_script_reports_by_autoglm_log(self):
        report = self.tune("commands/shell.json")
        self.assertEqual(report["counts"]["complete"] + report["counts"]["pruned"], 8)
        best = report["best"]
        # Five steps of x -> x - 2 rate x from 1, six digits kept by awk.
        self.assertAlmostEqual(best["value"], (1 - 2 * best["params"]["rate"]) ** 10, places=4)

    def test_a_python_program_reports_by_lines_of_json(self):
        report = self.tune("commands/python.json")
        self.assertEqual(report["counts"]["complete"], 8)
        self.assertEqual(list(report["best"]["params"]), ["rate", "momentum"])
        self.assertEqual(len(report["trials"][0]["intermediate"]), 10)

    def test_what_a_program_prints_is_captured(self):
        report = self.tune("commands/unchanged.json")
        self.assertEqual(report["counts"]["complete"], 9)
        ratios = {trial["params"]["level"]: trial["value"] for trial in report["trials"]}
        self.assertEqual(sorted(ratios), list(range(1, 10)))
        self.assertGreater(ratios[9], ratios[1])

    def test_prompts_are_parameters(self):
        report = self.tune("prompts/study.json")
        self.assertEqual(report["counts"]["complete"], 15)
        self.assertNotEqual(report["best"]["params"]["template"], "plain")
        # Of right answers at most 1, less what about ten words cost.
        self.assertLess(report["best"]["value"], 1)
        self.assertGreater(report["best"]["value"], 0.8)
        arguments = self.autoglm("report", self.examples / "prompts/prompts.db", "--format", "args").stdout
        again = subprocess.run(["python3", self.examples / "prompts/score.py", *arguments.split()],
                               capture_output=True, text=True)
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_a_scikit_learn_script_is_stopped_early(self):
        if subprocess.run(["python3", "-c", "import sklearn"], capture_output=True).returncode != 0:
            self.skipTest("no scikit-learn")
        report = self.tune("sklearn/study.json")
        self.assertEqual(report["counts"]["complete"] + report["counts"]["pruned"], 12)
        self.assertGreater(report["counts"]["pruned"], 0)
        first = report["trials"][0]
        self.assertEqual(first["params"], {"learning_rate": 0.1, "max_depth": 3, "subsample": 1.0})
        self.assertLessEqual(report["best"]["value"], first["value"] or 10)

    def client(self, *command):
        """A running client of examples/clients."""
        process = subprocess.Popen(command, cwd=self.examples / "clients", text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env={**os.environ, "AUTOGLM": AUTOGLM})
        self.addCleanup(lambda: (process.poll() is None and process.kill(), process.communicate()))
        return process

    def finished(self, process):
        out, err = process.communicate(timeout=300)
        self.assertEqual((process.returncode, err), (0, ""))
        return out

    def study_of_clients(self, name):
        shown = self.autoglm("report", self.examples / "clients" / name, "--format", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        report = json.loads(shown.stdout)
        counts = report["counts"]
        self.assertEqual((counts["complete"] + counts["pruned"], len(report["trials"])), (12, 12))
        self.assertGreaterEqual(counts["complete"], 3)
        # Steps x -> x - 2 rate x from 1, the rate decaying; nine digits kept by awk.
        x, rate = 1, report["best"]["params"]["rate"]
        for _ in range(10):
            x -= rate * 2 * x
            rate *= 1 - report["best"]["params"]["decay"]
        self.assertAlmostEqual(report["best"]["value"], x * x, places=6)
        return report

    def test_a_python_client_talks_with_stdio(self):
        said = self.finished(self.client("python3", "client.py", "study.json"))
        report = self.study_of_clients("clients.db")
        self.assertTrue(said.startswith("max_trials: use "), said)
        self.assertEqual(len(report["best"]["user_attrs"]), 1)

    def test_clients_in_shell_ask_and_tell_side_by_side(self):
        both = [self.client("sh", "client.sh", "study.json", "shell.db") for _ in range(2)]
        told = [json.loads(line) for process in both for line in self.finished(process).splitlines()]
        report = self.study_of_clients("shell.db")
        self.assertEqual(sorted(told, key=lambda trial: trial["trial"]),
                         [{"trial": t["number"], "state": t["state"]} for t in report["trials"]])

    def get_digits(self):
        data = subprocess.run([self.examples / "digits/get_data.sh"], capture_output=True, text=True)
        if data.returncode != 0:
            self.skipTest(data.stderr)

    def test_the_built_in_trainer_learns_digits(self):
        self.get_digits()
        best = self.tune("digits/study.json", "--trials", 4)["best"]
        self.assertLess(best["value"], 0.2)  # guessing costs log(10) = 2.3

    def test_accuracy_and_latency_have_a_front(self):
        self.get_digits()
        report = self.tune("digits/accuracy_and_latency.json", "--trials", 2, "--set",
                           "trial.training.epochs=2")
        self.assertGreaterEqual(len(report["pareto"]), 1)

    def test_a_program_of_ones_own_learns_digits(self):
        self.get_digits()
        best = self.tune("program/study.json", "--trials", 4)["best"]
        self.assertLess(best["value"], 1.5)


if __name__ == "__main__":
    AUTOGLM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
