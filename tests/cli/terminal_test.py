"""On a terminal text fits the width and breaks between words; in a pipe it is what programs read."""

import fcntl
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
import termios

from manners_test import commands
from study_folder import PROGRAM, StudyFolder, clean_environment, main

COLUMNS = (40, 200)
LONG = 'printf \'{{"step":1,"loss":{learning_rate}}}\\n\'; echo "the program of this trial has a good deal to say"'

# The same each time: (arguments, whether a pipe gets the same words; a table leaves columns out).
READING = [
    (["explain", "study.db", "2"], True), (["studies", "study.db"], True), (["db", "check", "study.db"], True),
    (["validate", "study.json"], True), (["preview", "study.json"], True), (["devices"], True),
    (["doctor"], True), (["report", "study.db"], False), (["--help"], True),
]
# Each time something else: what was measured, where it ran.
RUNNING = [["tune", "study.json"], ["rerun", "study.db", "0"], ["validate", "--run", "study.json"],
           ["merge", "merged.db", "study.db"]]
# What is copied stays in one piece.
COPIED = re.compile(r"command: |directory: |more: ")
# A JSON object a line.
JSON_LINES = [["ask", "study.json", "--study", "asked.db"], ["tell", "asked.db", "0", "1.5"],
              ["enqueue", "study.db", '{"learning_rate": 0.01}']]
# For programs, or to be kept as they are: at any width what a pipe gets.
DOCUMENTS = [["init", "--", "python3", "train.py", "--learning-rate", "0.01", "--some-other-option", "7"],
             ["export", "study.db", "--to", "csv"], ["report", "study.db", "--format", "json"],
             ["report", "study.db", "--format", "args"], ["report", "study.db", "--format", "markdown"],
             ["schema"], ["completion", "bash"], ["manual"], ["tail", "study.db", "0"],
             ["explain", "study.db", "0", "--json"], ["validate", "study.json", "--json"]]


class Terminal(StudyFolder):
    def setUp(self):
        super().setUp()
        self.spec(searcher="gp", early_stopping="median", max_trials=3, trial={"command": ["sh", "-c", LONG]},
                  parameters={"learning_rate": {"type": "log_uniform", "min": 1e-5, "max": 0.1},
                              "optimizer": {"type": "categorical", "choices": ["adam", "sgd"]},
                              "momentum": {"type": "uniform", "min": 0.5, "max": 0.99,
                                           "when": "optimizer == 'sgd'"}})

    def on_terminal(self, columns, *arguments, stream="stdout"):
        """What a terminal of that width gets on `stream`."""
        master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with tempfile.TemporaryFile() as other:
            streams = {"stdout": other, "stderr": other, stream: slave}
            process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                       env=clean_environment({"TERM": "xterm"}), **streams)
            os.close(slave)
            text = b""
            try:
                while piece := os.read(master, 65536):
                    text += piece
            except OSError:  # how Linux says that nobody holds the other end any more
                pass
            os.close(master)
            other.seek(0)
            self.assertEqual(process.wait(), 0, other.read().decode())
        return re.sub(r"\r+\n", "\n", text.decode())

    def assert_fits(self, text, columns):
        for line in re.sub(r"\x1b\[[0-9;]*m", "", text).split("\n"):
            if len(line) > columns and not COPIED.match(line):
                self.assertEqual(len(line.split()), 1, f"{len(line)} columns: {line}")

    def test_what_is_read_fits_and_has_the_words_that_a_pipe_gets(self):
        self.tuned()
        calls = READING + [([*command.split(), "--help"], True) for command in commands() if command != "db"]
        for arguments, same_words in calls:
            piped = self.run_autoglm(*arguments).stdout
            for columns in COLUMNS:
                with self.subTest(arguments=arguments, columns=columns):
                    text = self.on_terminal(columns, *arguments)
                    self.assert_fits(text, columns)
                    if same_words:
                        self.assertEqual(text.split(), piped.split())
                    if same_words and max(map(len, piped.split("\n"))) <= columns:
                        self.assertEqual(text, piped)

    def test_what_a_run_says_fits(self):
        for columns in COLUMNS:
            for arguments in RUNNING:
                with self.subTest(arguments=arguments, columns=columns):
                    text = self.on_terminal(columns, *arguments)
                    self.assertNotEqual(text, "")
                    self.assert_fits(text, columns)
            for name in "study.db", "merged.db":
                os.unlink(self.path(name))
            shutil.rmtree(self.path("study.trials"))

    def test_json_and_documents_are_never_wrapped(self):
        self.tuned()
        for arguments in JSON_LINES:
            with self.subTest(arguments=arguments):
                json.loads(self.on_terminal(40, *arguments))
        for arguments in DOCUMENTS:
            with self.subTest(arguments=arguments):
                self.assertEqual(self.on_terminal(40, *arguments), self.run_autoglm(*arguments).stdout)

    def test_progress_shows_whole_parts_on_one_line(self):
        part = r"\d+/3 trials( · best loss \S+ \(#\d\))?( · \d running)?( · \d failed)?( · \S+ left)?"
        for columns in (20, *COLUMNS):
            with self.subTest(columns=columns):
                drawn = self.on_terminal(columns, "tune", "study.json", "--new-study", stream="stderr")
                for line in drawn.replace("\n", "").split("\r\x1b[K")[1:]:
                    self.assertLess(len(line), columns)
                    self.assertRegex(line, f"^{part}$")

    def test_a_pipe_gets_no_escape_codes(self):
        self.tuned()
        for arguments in [call for call, _ in READING] + RUNNING + JSON_LINES + DOCUMENTS:
            with self.subTest(arguments=arguments):
                result = self.run_autoglm(*arguments)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertNotIn("\x1b", result.stdout + result.stderr)

    def test_every_command_is_in_one_of_the_tables(self):
        tabled = {call[0] for call in [call for call, _ in READING] + RUNNING + JSON_LINES + DOCUMENTS}
        conversations = {"stdio", "log", "train", "import"}  # JSON, nothing, reports, a spec
        self.assertEqual(set(commands()) - conversations, tabled - {"--help"})


if __name__ == "__main__":
    main()
