"""What `autoglm report` promises, shown with files of real studies. Its texts are in report_test.cpp."""

import csv
import hashlib
import io
import json
import os
import pathlib
import sqlite3
import subprocess

from study_folder import PROGRAM, StudyFolder, clean_environment, main


class ReportTest(StudyFolder):
    def setUp(self):
        super().setUp()
        self.spec(trial=None, max_trials=100)

    def study(self, lines, *arguments):
        """A study made by a conversation."""
        result = subprocess.run([PROGRAM, "stdio", "study.json", *arguments], cwd=self.folder,
                                input="".join(json.dumps(line) + "\n" for line in lines), text=True,
                                capture_output=True, timeout=60, env=clean_environment())
        self.assertEqual(result.returncode, 0, result.stderr)

    def small_study(self):
        self.study([{"ask": 3},
                    {"report": {"trial": 0, "step": 2, "metrics": {"loss": 0.5, "acc": 0.1}}},
                    {"report": {"trial": 0, "step": 10, "metrics": {"loss": "nan"}}},
                    {"tell": {"trial": 0, "value": 0.4}},
                    {"tell": {"trial": 1, "state": "failed", "reason": "a, \"b\"\nc"}},
                    {"tell": {"trial": 2, "value": 0.2, "user_attrs": {"host": "a"}}}])

    def complaint(self, status, *arguments):
        result = self.run_autoglm("report", *arguments)
        self.assertEqual((result.returncode, result.stdout), (status, ""))
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        return result.stderr


class Contents(ReportTest):
    def test_json_is_one_object_with_what_was_told(self):
        self.small_study()
        report = self.report()
        self.assertEqual((report["schema_version"], report["study"], report["direction"]),
                         (1, "study", "minimize"))
        self.assertEqual(sum(report["counts"].values()), 3)
        self.assertEqual(len(report["counts"]), 8)
        self.assertEqual((report["best"]["number"], report["best"]["value"]), (2, 0.2))
        first = report["trials"][0]
        self.assertEqual(first["intermediate"], {"2": 0.5, "10": None})
        self.assertEqual(first["metrics"], {"loss": 0.4, "acc": 0.1})
        self.assertRegex(first["started"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")

    def test_csv_reads_back(self):
        self.small_study()
        text = self.run_autoglm("report", "study.db", "--format", "csv").stdout
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(text.split("\n")[0].rstrip("\r"),
                         "number,state,value,duration_s,started,finished,reason,params_x,"
                         "user_attrs_host")
        self.assertEqual([row["state"] for row in rows], ["complete", "failed", "complete"])
        self.assertEqual(rows[1]["reason"].replace("\r", ""), 'a, "b"\nc')
        self.assertEqual([row["value"] for row in rows], ["0.4", "", "0.2"])

    def test_top_cuts_tables_but_not_json(self):
        self.small_study()
        table = self.run_autoglm("report", "study.db", "--top", "1").stdout
        self.assertIn("\n    2   0.2 ", table)
        self.assertNotIn("\n    0   0.4 ", table)
        self.assertEqual(len(self.report("study.db", "--top", "1")["trials"]), 3)

    def test_an_empty_study_has_a_report(self):
        self.study([])
        for form in "table", "json", "csv", "markdown":
            result = self.run_autoglm("report", "study.db", "--format", form)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIsNone(self.report()["best"])

    def test_several_metrics_have_a_front(self):
        self.spec(trial=None, metric=[{"name": "ms", "goal": "minimize"},
                                      {"name": "acc", "goal": "maximize"}])
        self.study([{"ask": 3}] + [{"tell": {"trial": i, "values": {"ms": ms, "acc": acc}}}
                                   for i, (ms, acc) in enumerate([(10, 0.9), (12, 0.8), (5, 0.7)])])
        report = self.report()
        self.assertIsNone(report["best"])
        self.assertEqual(report["directions"], ["minimize", "maximize"])
        self.assertEqual([(t["number"], t["values"]) for t in report["pareto"]],
                         [(0, {"ms": 10, "acc": 0.9}), (2, {"ms": 5, "acc": 0.7})])

    def test_a_study_as_optuna_stores_it_has_a_report(self):
        self.small_study()
        file = sqlite3.connect(self.path("study.db"))
        ours = [row[0] for row in file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'autoglm%'")]
        for table in ours:
            file.execute(f"DROP TABLE {table}")
        file.execute("DELETE FROM study_system_attributes")
        file.execute("UPDATE trial_user_attributes SET value_json = '[1, NaN]'")
        file.commit()
        file.close()
        report = self.report()
        self.assertEqual((report["direction"], report["best"]["value"]), ("minimize", 0.2))
        self.assertEqual(report["best"]["values"], {"value": 0.2})
        self.assertEqual(report["best"]["user_attrs"]["host"], [1, None])
        self.assertEqual(report["trials"][0]["intermediate"], {"2": 0.5, "10": None})


class Files(ReportTest):
    def digest(self):
        return hashlib.sha256((self.folder / "study.db").read_bytes()).hexdigest()

    def test_reading_leaves_the_file_as_it_is(self):
        self.small_study()
        before = self.digest(), os.listdir(self.folder)
        self.report()
        self.assertEqual((self.digest(), os.listdir(self.folder)), before)

    def test_an_output_file_is_the_report_and_nothing_else_is_left(self):
        self.small_study()
        printed = self.run_autoglm("report", "study.db", "--format", "json").stdout
        self.write("out.json", "what was there before")
        result = self.run_autoglm("report", "study.db", "--format", "json", "--output", "out.json")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.assertEqual((self.folder / "out.json").read_text(), printed)
        self.assertEqual(sorted(os.listdir(self.folder)), ["out.json", "study.db", "study.json"])

    def test_an_output_that_cannot_be_written_is_exit_1(self):
        self.small_study()
        self.assertIn("nowhere/out.json: cannot be written: No such file or directory",
                      self.complaint(1, "study.db", "--output", "nowhere/out.json"))
        before = (self.folder / "study.db").read_bytes()
        os.symlink("study.db", self.path("link"))
        for words in (("--output", "study.db"), ("--output", "link"), ("--junit", "study.db"),
                      ("--format", "json", "--output", "study.db")):
            self.assertIn("is a database, a study perhaps, which is not replaced by text",
                          self.complaint(1, "study.db", *words))
        self.assertIn("--output and --junit name one file, r; name two",
                      self.complaint(2, "study.db", "--output", "r", "--junit", "r"))
        self.assertEqual((self.folder / "study.db").read_bytes(), before)
        self.assertIn("/dev/full: cannot be written: No space left on device",
                      self.complaint(1, "study.db", "--output", "/dev/full"))
        with open("/dev/full", "w") as full:
            result = subprocess.run([PROGRAM, "report", "study.db"], cwd=self.folder, stdout=full,
                                    stderr=subprocess.PIPE, text=True, env=clean_environment())
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard output: cannot be written: No space left on device", result.stderr)

    def test_what_is_no_regular_file_is_written_and_not_replaced(self):
        self.small_study()
        self.assertEqual(self.run_autoglm("report", "study.db", "--output", "/dev/null").returncode, 0)
        self.assertTrue(pathlib.Path("/dev/null").is_char_device())
        (self.folder / "link").symlink_to("target.txt")
        self.write("target.txt", "")
        self.run_autoglm("report", "study.db", "--output", "link")
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertIn("minimize loss", (self.folder / "target.txt").read_text())

    def test_a_reader_that_goes_away_is_no_error(self):
        self.small_study()
        result = subprocess.run(
            ["sh", "-c", '{ "$0" report study.db --format json; echo "status $?" >&2; } | true',
             PROGRAM], cwd=self.folder, capture_output=True, text=True, env=clean_environment())
        self.assertEqual(result.stderr, "status 0\n")


class Mistakes(ReportTest):
    def test_a_missing_file_is_a_usage_error(self):
        self.assertEqual(self.complaint(2, "nowhere.db"),
                         "nowhere.db: cannot be read: No such file or directory; check the path\n")

    def test_a_folder_is_a_usage_error(self):
        self.assertEqual(self.complaint(2, "."), ".: is a directory; name the study's file\n")

    def test_a_file_that_is_no_study_is_a_storage_error(self):
        self.write("text.db", "this is no database " * 100)
        self.assertIn("text.db: ", self.complaint(7, "text.db"))
        other = sqlite3.connect(self.path("other.db"))
        other.execute("CREATE TABLE recipes (name TEXT)")
        other.commit()
        other.close()
        self.assertIn("other.db: ", self.complaint(7, "other.db"))

    def test_one_of_several_studies_must_be_named(self):
        self.small_study()
        self.study([{"ask": 1}], "--new-study")
        self.assertEqual(self.complaint(2, "study.db"),
                         'study.db: holds 2 studies ("study", "study-2"); name one with '
                         "--study-name\n")
        self.assertEqual(self.report("study.db", "--study-name", "study-2")["counts"]["waiting"], 1)

    def test_an_unknown_study_name_is_a_usage_error_with_a_hint(self):
        self.small_study()
        self.assertEqual(self.complaint(2, "study.db", "--study-name", "stduy"),
                         'study.db: no study is called "stduy"; did you mean "study"? there is '
                         '"study"\n')

    def test_an_unknown_format_is_a_usage_error(self):
        self.small_study()
        self.assertIn("--format", self.complaint(2, "study.db", "--format", "xml"))


if __name__ == "__main__":
    main()
