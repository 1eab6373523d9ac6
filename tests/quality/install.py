"""`cmake --install` puts a working program, its examples and its documents under a prefix.
Usage: install.py BUILD_FOLDER"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.prefix = pathlib.Path(cls.folder.name, "prefix")
        subprocess.run(["cmake", "--install", BUILD, "--prefix", cls.prefix], check=True,
                       stdout=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_programs_examples_and_documents_are_there(self):
        for name in ("bin/autoglm", "bin/autoglm-digits-mlp",
                     "share/autoglm/examples/digits/study.json",
                     "share/autoglm/examples/digits/get_data.sh",
                     "share/doc/autoglm/README.md", "share/doc/autoglm/LICENSE",
                     "share/doc/autoglm/docs/spec.md", "share/doc/autoglm/gpu/README.md"):
            self.assertTrue((self.prefix / name).is_file(), name)

    def test_the_manual_and_completions_are_there(self):
        for name, part in (("share/man/man1/autoglm.1", ".TH AUTOGLM 1"),
                           ("share/bash-completion/completions/autoglm", "complete -o default -F _autoglm autoglm"),
                           ("share/zsh/site-functions/_autoglm", "#compdef autoglm"),
                           ("share/fish/vendor_completions.d/autoglm.fish", "complete -c autoglm")):
            self.assertIn(part, (self.prefix / name).read_text())

    def test_nothing_that_a_run_left_behind_is_installed(self):
        left = [path.name for path in self.prefix.rglob("*")
                if path.suffix in (".db", ".trials") or path.name == "digits.csv"]
        self.assertEqual(left, [])

    def test_the_installed_program_tunes_an_installed_example(self):
        example = pathlib.Path(self.folder.name, "commands")
        shutil.copytree(self.prefix / "share/autoglm/examples/commands", example)
        done = subprocess.run(
            [self.prefix / "bin/autoglm", "tune", example / "shell.json", "--progress", "none"],
            capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}, cwd="/")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue((example / "shell.db").is_file())


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main()
