"""What every command that asks, tells or looks into a study owes to whoever calls it."""

import os
import re
import subprocess
import unittest

from study_folder import PROGRAM, StudyFolder, clean_environment, main

# Arguments that follow the study's file.
ON_A_STUDY = {
    "report": (), "tell": ("0", "0.5"), "enqueue": ('{"x": 0.5}',), "explain": ("0",),
    "tail": ("0",), "rerun": ("0",), "studies": (), "db check": (),
}
WRITERS = ["tell", "enqueue"]


class Manners(StudyFolder):
    def call(self, command, study, *arguments, **options):
        return self.run_autoglm(*command.split(), study, *arguments, **options)

    def make_study(self):
        self.spec(trial=None)
        self.assertEqual(self.run_autoglm("ask", "study.json").returncode, 0)

    def test_a_missing_file_is_a_usage_error_of_one_line(self):
        for command, arguments in ON_A_STUDY.items():
            with self.subTest(command=command):
                result = self.call(command, "missing.db", *arguments)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertEqual(result.stderr,
                                 "missing.db: cannot be read: No such file or directory; check the path\n")
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_missing_spec_is_a_usage_error_of_one_line(self):
        for command in ["tune", "ask", "stdio", "validate"]:
            result = self.run_autoglm(command, "missing.json")
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertEqual(result.stderr,
                             "missing.json: cannot be read: No such file or directory; check the path\n")

    def test_a_file_that_is_no_study_is_exit_7_and_stays_as_it_is(self):
        text = "no database at all, but long enough to look like one\n" * 20
        for content in [text, ""]:
            for command, arguments in ON_A_STUDY.items():
                with self.subTest(command=command, size=len(content)):
                    self.write("study.db", content)
                    result = self.call(command, "study.db", *arguments)
                    self.assertEqual((result.returncode, result.stdout), (7, ""))
                    self.assertTrue(result.stderr.startswith("study.db: is not a study"), result.stderr)
                    self.assertEqual(result.stderr.count("\n"), 1)
                    self.assertEqual((self.folder / "study.db").read_text(), content)

    def test_an_unknown_trial_is_a_usage_error_that_names_those_there_are(self):
        self.make_study()
        for command in ["tell", "explain", "tail", "rerun"]:
            result = self.call(command, "study.db", "7", *ON_A_STUDY[command][1:])
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertEqual(result.stderr, "study.db: trial 7: the study has trials 0 to 0; see "
                                            "`autoglm report study.db`\n")

    # Regression: the range in the message had 309 digits, and what was beyond int64 became another trial.
    def test_what_is_no_trials_number_is_a_usage_error(self):
        self.make_study()
        for command in ["tell", "explain", "tail", "rerun"]:
            for word in "x", "-1", "0.5", "99999999999999999999":
                with self.subTest(command=command, word=word):
                    result = self.call(command, "study.db", word, *ON_A_STUDY[command][1:])
                    self.assertEqual((result.returncode, result.stdout), (2, ""))
                    self.assertEqual(result.stderr, f"autoglm {command}: trial: {word} is no trial's number, "
                                                    "which counts from 0; see --help\n")

    # Regression: the message was the library's.
    def test_a_missing_folder_for_temporary_files_is_named(self):
        self.spec(max_trials=1)
        self.tune()
        for call in ["validate", "--run", "study.json"], ["rerun", "study.db", "0"]:
            with self.subTest(call):
                result = self.run_autoglm(*call, environment={"TMPDIR": "/nope"})
                self.assertEqual((result.returncode, result.stdout), (1, ""))
                self.assertRegex(result.stderr, "^TMPDIR /nope: cannot keep temporary files: .*; set TMPDIR to a "
                                                "folder that may be written\n$")

    def test_of_several_studies_one_must_be_named(self):
        self.make_study()
        self.spec(name="other", trial=None)
        self.run_autoglm("ask", "study.json", "--study", "study.db")
        for command in ["report", "tell", "enqueue", "explain", "tail", "rerun"]:
            with self.subTest(command=command):
                result = self.call(command, "study.db", *ON_A_STUDY[command])
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stderr, 'study.db: holds 2 studies ("study", "other"); name one '
                                                "with --study-name\n")
        result = self.call("tell", "study.db", "0", "1", "--study-name", "other")
        self.assertEqual(result.returncode, 0, result.stderr)

    @unittest.skipIf(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), "root may all")
    def test_a_read_only_folder_stops_those_who_write_alone(self):
        self.make_study()
        os.chmod(self.folder, 0o555)
        os.chmod(self.folder / "study.db", 0o444)
        self.addCleanup(os.chmod, self.folder, 0o755)
        # Root may write anywhere unless it drops the capability.
        prefix = (["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override",
                   "--ambient-caps=-dac_override"] if os.geteuid() == 0 else [])
        for command, arguments in ON_A_STUDY.items():
            with self.subTest(command=command):
                result = subprocess.run([*prefix, PROGRAM, *command.split(), "study.db", *arguments],
                                        cwd=self.folder, capture_output=True, text=True,
                                        stdin=subprocess.DEVNULL, env=clean_environment())
                if command in WRITERS:
                    self.assertEqual((result.returncode, result.stdout), (7, ""))
                    self.assertEqual(result.stderr,
                                     "study.db: cannot be written; make the file and its folder "
                                     "writable, or copy it elsewhere\n")
                else:
                    self.assertIn(result.returncode, (0, 2), result.stderr)  # 2: it ran elsewhere
                    self.assertNotIn("cannot be", result.stderr)

    def test_a_closed_stdout_ends_quietly_and_a_full_one_is_exit_1(self):
        self.spec(max_trials=1)
        self.tune()
        calls = [(command, arguments) for command, arguments in ON_A_STUDY.items()
                 if command not in WRITERS]
        calls.append(("enqueue", ON_A_STUDY["enqueue"]))
        for command, arguments in calls:
            with self.subTest(command=command):
                read, write = os.pipe()
                os.close(read)
                quiet = self.to(write, command, arguments)
                os.close(write)
                self.assertEqual(quiet.returncode, 0, quiet.stderr)
                self.assertNotIn("standard output", quiet.stderr)
                with open("/dev/full", "w") as full:
                    result = self.to(full, command, arguments)
                self.assertEqual(result.returncode, 1)
                self.assertIn("standard output: cannot be written: No space left on device",
                              result.stderr)

    def to(self, stdout, command, arguments):
        return subprocess.run([PROGRAM, *command.split(), "study.db", *arguments], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                              text=True, env=clean_environment())

    def test_a_mistyped_command_or_flag_gets_a_suggestion(self):
        for word, meant in [("aks", "ask"), ("tel", "tell"), ("explian", "explain"),
                            ("enque", "enqueue"), ("stuides", "studies")]:
            result = self.run_autoglm(word)
            self.assertEqual(result.returncode, 2)
            self.assertIn(f'did you mean "{meant}"?', result.stderr)
        result = self.run_autoglm("tell", "study.db", "0", "--stat", "failed")
        self.assertEqual(result.returncode, 2)
        self.assertTrue(re.search(r'did you mean "--(state|step)"\?', result.stderr), result.stderr)

    def test_nothing_has_escape_codes_in_a_pipe(self):
        self.spec(max_trials=1, name="plain")
        self.tune("--study", "study.db")
        for command, arguments in ON_A_STUDY.items():
            if command not in WRITERS:
                result = self.call(command, "study.db", *arguments)
                self.assertNotIn("\x1b", result.stdout + result.stderr)


if __name__ == "__main__":
    main()
