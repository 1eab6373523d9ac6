"""What holds for every command: help, mistakes, closed pipes, colours, completions, the manual."""

import json
import os
import re
import shutil
import subprocess
import unittest

from study_folder import PROGRAM, clean_environment, main
from told_study import ToldStudy


def commands():
    text = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, env=clean_environment()).stdout
    return re.findall(r"^  (\w+) ", text.split("Commands:\n")[1], re.M)


# What makes each command work on a study.db and a study.json that are there; None: it needs more than a file.
CALLS = {"report": ["study.db"], "export": ["study.db", "--to", "csv"], "validate": ["study.json"],
         "preview": ["study.json"], "init": ["--", "prog", "--lr", "1"], "schema": [],
         "completion": ["bash"], "manual": [], "import": ["study.db", "--study", "new.db"],
         "merge": ["all.db", "study.db"]}
READS_STUDY = ["report", "export", "import", "merge"]
READS_SPEC = ["validate", "preview", "tune", "stdio"]


class EveryCommand(ToldStudy):
    def call(self, command):
        """Its arguments, with the file that it reads called FILE."""
        return [command] + [a.replace("study.db", "FILE").replace("study.json", "FILE") for a in CALLS.get(command, ["FILE"])]

    def test_help_begins_with_an_example_of_itself(self):
        for command in commands() + ["db check"]:
            with self.subTest(command):
                result = self.run_autoglm(*command.split(), "--help")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertRegex(result.stdout.lstrip(), rf"^Example: .*autoglm {command}\b")

    def test_what_is_mistyped_gets_a_suggestion(self):
        for words, message in (("tunee study.json", 'autoglm: no command is called "tunee"; did you mean "tune"?'),
                               ("db chek study.db", 'autoglm db: no command is called "chek"; did you mean "check"?'),
                               ("db", "autoglm db: a command is missing; one of check"),
                               ("--verison", 'autoglm: unknown argument "--verison"; did you mean "--version"?')):
            with self.subTest(words):
                self.assertEqual(self.complaint(2, *words.split()), message + "\n")

    def test_a_missing_file_is_exit_2_with_its_name(self):
        for command in READS_STUDY + READS_SPEC:
            with self.subTest(command):
                arguments = [a.replace("FILE", "nowhere") for a in self.call(command)]
                self.assertIn("nowhere: cannot be read: No such file or directory",
                              self.complaint(2, *arguments))

    def test_a_file_that_is_no_study_is_exit_7(self):
        self.write("text", "no database " * 100)
        for command in ("report", "export", "merge"):
            with self.subTest(command):
                self.assertIn("text: ", self.complaint(7, *[a.replace("FILE", "text") for a in self.call(command)]))

    def test_a_file_that_is_no_spec_is_exit_2(self):
        self.write("text", "no spec")
        for command in READS_SPEC:
            with self.subTest(command):
                self.assertIn("text:1:1: ", self.complaint(2, *[a.replace("FILE", "text") for a in self.call(command)]))

    def test_a_closed_standard_output_ends_quietly(self):
        self.values(0.5)
        for command, arguments in CALLS.items():
            with self.subTest(command):
                result = subprocess.run(["bash", "-c", '"$0" "$@" | true; exit ${PIPESTATUS[0]}', PROGRAM, command,
                                         *arguments], cwd=self.folder, capture_output=True, text=True,
                                        env=clean_environment())
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertNotIn("written", result.stderr)

    def test_a_standard_output_that_is_full_is_exit_1(self):
        self.values(0.5)
        for command, arguments in CALLS.items():
            with self.subTest(command), open("/dev/full", "w") as full:
                for name in "new.db", "all.db":
                    (self.folder / name).unlink(missing_ok=True)
                result = subprocess.run([PROGRAM, command, *arguments], cwd=self.folder, stdout=full,
                                        stderr=subprocess.PIPE, text=True, env=clean_environment())
                self.assertEqual(result.returncode, 1)
                self.assertIn("standard output: cannot be written: No space left on device", result.stderr)

    @unittest.skipIf(os.getuid() == 0 and not shutil.which("setpriv"), "root may write everywhere")
    def test_a_folder_that_may_only_be_read(self):
        self.values(0.5)
        os.chmod(self.folder, 0o555)
        self.addCleanup(os.chmod, self.folder, 0o755)
        os.chmod(self.folder / "study.db", 0o444)
        plain = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
        for command, status in [("report", 0), ("export", 0), ("validate", 0), ("preview", 0), ("import", 1),
                                ("merge", 1)]:
            with self.subTest(command):
                result = subprocess.run([*plain, PROGRAM, command, *CALLS[command]], cwd=self.folder,
                                        capture_output=True, text=True, env=clean_environment())
                if plain and "Permission denied" in result.stderr and status == 0:
                    self.skipTest("the program may not be run by others")
                self.assertEqual(result.returncode, status, result.stderr)
                if status == 1:
                    self.assertIn("cannot be written: Permission denied", result.stderr)

    def test_mistyped_words_get_a_suggestion(self):
        self.assertIn('did you mean "report"?', self.complaint(2, "reprot", "study.db"))
        self.assertIn('did you mean "--format"?', self.complaint(2, "report", "study.db", "--fromat", "json"))
        self.assertIn('did you mean "--to"?', self.complaint(2, "export", "study.db", "--too", "csv"))

    def test_an_environment_variable_mirrors_a_flag_and_the_flag_wins(self):
        self.values(0.5)
        mirrored = {"AUTOGLM_FORMAT": "json"}
        result = self.run_autoglm("report", "study.db", environment=mirrored)
        self.assertEqual(json.loads(result.stdout)["best"]["value"], 0.5)
        result = self.run_autoglm("report", "study.db", "--format", "args", environment=mirrored)
        self.assertTrue(result.stdout.startswith("--x "))
        # Inside a trial nothing does.
        result = self.run_autoglm("report", "study.db", environment={**mirrored, "AUTOGLM_TRIAL": "0"})
        self.assertTrue(result.stdout.startswith("study: "))


class Colours(ToldStudy):
    def shown(self, *arguments, **environment):
        return self.run_autoglm("report", "study.db", *arguments, environment=environment).stdout

    def test_a_pipe_gets_none_unless_they_are_asked_for(self):
        self.values(0.5)
        self.assertNotIn("\x1b", self.shown())
        self.assertIn("\x1b[1mbest: trial 0", self.shown("--color", "always"))
        self.assertIn("\x1b[1m", self.shown("--color=always", NO_COLOR="1"))
        self.assertIn("\x1b[1m", self.shown(AUTOGLM_COLOR="always"))
        self.assertNotIn("\x1b", self.shown("--color", "never"))

    def test_a_terminal_gets_them_unless_they_are_unwanted(self):
        self.values(0.5)
        for environment, coloured in [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False),
                                      ({"TERM": "xterm", "NO_COLOR": "1"}, False)]:
            with self.subTest(environment):
                master, slave = os.openpty()
                subprocess.run([PROGRAM, "report", "study.db"], cwd=self.folder, stdout=slave,
                               env=clean_environment({"NO_COLOR": "", **environment}))
                os.close(slave)
                text = os.read(master, 65536).decode()
                os.close(master)
                self.assertEqual("\x1b[1m" in text, coloured)


class Completions(ToldStudy):
    def complete(self, *words):
        """What bash offers for the last of `words`."""
        script = (f'source <("$0" completion bash); COMP_WORDS=({" ".join(words)}); '
                  f'COMP_CWORD={len(words) - 1}; _autoglm; printf "%s\\n" "${{COMPREPLY[@]}}"')
        done = subprocess.run(["bash", "-c", script, PROGRAM], cwd=self.folder, capture_output=True, text=True,
                              env=clean_environment())
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash_completes_commands_flags_and_values(self):
        self.assertEqual(self.complete("autoglm", "re"), ["report", "rerun"])
        self.assertEqual(self.complete("autoglm", "db", "''"), ["check"])
        self.assertIn("--max-regression", self.complete("autoglm", "report", "--"))
        self.assertEqual(self.complete("autoglm", "report", "--format", "m"), ["markdown"])
        self.assertEqual(self.complete("autoglm", "completion", "''"), [])

    def test_every_shell_has_a_script_that_it_can_read(self):
        for shell, check in [("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])]:
            script = self.done("completion", shell)
            for command in commands():
                self.assertIn(command, script)
            if shutil.which(shell):
                done = subprocess.run([*check, self.write(shell, script)], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_manual_has_every_command_and_flag(self):
        page = self.done("manual")
        self.assertTrue(page.startswith(".TH AUTOGLM 1"))
        for command in commands():
            self.assertIn(f".SS autoglm {command}", page)
        self.assertIn(".SS autoglm db check STUDY.db", page)
        self.assertIn(".B \\-\\-max\\-regression", page)
        if shutil.which("man"):
            done = subprocess.run(["man", "--warnings", "-l", "-"], input=page, capture_output=True, text=True,
                                  env={**os.environ, "MANPAGER": "cat", "LC_ALL": "C.UTF-8"})
            self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    main()
