"""What `autoglm --numerics` promises: that `baseline` gives the same trials on every machine."""

import json
import os
import sqlite3
import subprocess

from study_folder import PROGRAM, StudyFolder, clean_environment, main

# What the C library would choose its mathematics by, as on a processor of 2008.
OLD_PROCESSOR = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F"}

# Given by CTest: prints all that the models compute, by the path baseline.
DIGITS = os.environ.get("AUTOGLM_BASELINE_DIGITS", "autoglm_baseline_digits")

MIXED_SPACE = {
    "rate": {"type": "log_uniform", "min": 1e-5, "max": 1},
    "momentum": {"type": "uniform", "min": 0, "max": 1},
    "layers": {"type": "log_int", "min": 1, "max": 64},
    "kind": {"type": "categorical", "choices": ["a", "b", "c"]},
}


class Numerics(StudyFolder):
    def setUp(self):
        super().setUp()
        self.spec(trial=None, searcher="gp", max_trials=30, parameters=MIXED_SPACE)

    def converse(self, *arguments, study=":memory:", trials=30, environment=None):
        """All that a study of a smooth function answers; exact values, so that only the searcher's
        arithmetic can differ."""
        process = subprocess.Popen(
            [PROGRAM, "stdio", "study.json", "--study", study, *arguments], cwd=self.folder,
            text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=clean_environment(environment))
        said = []

        def send(request):
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            said.append(process.stdout.readline())
            return json.loads(said[-1])

        for _ in range(trials):
            trial = send({"ask": 1})["trials"][0]
            at = trial["params"]
            value = ((at["momentum"] - 0.3) ** 2 + (at["layers"] - 9) ** 2 / 256 + at["rate"]
                     + "bac".index(at["kind"]) / 4)
            send({"tell": {"trial": trial["trial"], "value": value}})
        _, complaints = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, complaints)
        return said, complaints

    def path_of_study(self, study="study.db"):
        with sqlite3.connect(self.path(study)) as database:
            return database.execute("SELECT numerics FROM autoglm_study").fetchone()[0]

    def test_baseline_is_the_same_whatever_the_processor(self):
        for searcher in ("gp", "policy_gradient", "sobol", "random"):
            with self.subTest(searcher):
                arguments = ("--numerics", "baseline", "--searcher", searcher)
                here, _ = self.converse(*arguments)
                there, _ = self.converse(*arguments, environment=OLD_PROCESSOR)
                self.assertEqual(here, there)

    def test_baseline_is_the_same_in_every_bit(self):
        def digits(*arguments, environment=None):
            return subprocess.run([DIGITS, *arguments], env=clean_environment(environment),
                                  check=True, capture_output=True, text=True, timeout=120).stdout
        here = digits()
        self.assertGreater(len(here.splitlines()), 2000)
        self.assertEqual(here, digits(environment=OLD_PROCESSOR))
        self.assertEqual(here, digits("small caches"))

    def test_a_study_keeps_the_path_it_was_begun_with(self):
        self.converse("--numerics", "baseline", study="study.db", trials=2)
        _, complaints = self.converse(study="study.db", trials=2)
        self.assertEqual((self.path_of_study(), complaints), ("baseline", ""))

    def test_the_flag_is_mirrored(self):
        self.converse(study="study.db", trials=1, environment={"AUTOGLM_NUMERICS": "baseline"})
        self.assertEqual(self.path_of_study(), "baseline")

    def test_another_path_than_before_is_told(self):
        self.converse(study="study.db", trials=1)
        before = self.path_of_study()
        if before == "baseline":
            self.skipTest("this processor has no other path")
        self.assertIn(before, ("v3", "v4"))
        _, complaints = self.converse("--numerics", "baseline", study="study.db", trials=1)
        self.assertIn(f"computed by the numerics path {before}, it goes on by baseline", complaints)

    def test_there_are_two_choices(self):
        result = self.run_autoglm("stdio", "study.json", "--numerics", "fast")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--numerics", result.stderr)


if __name__ == "__main__":
    main()
