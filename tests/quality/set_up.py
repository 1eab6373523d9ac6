"""What scripts/setup says to a user who may not install packages."""

import os
import pathlib
import subprocess
import tempfile
import unittest

# Stand-ins for the system's commands, in front of PATH.
COMMANDS = {
    "id": "echo 1000",
    "sudo": "exit 1",
    "dpkg-query": "echo 'cmake installed'; echo 'g++ installed'; echo 'ninja-build not-installed'",
    "apt-get": "echo called >>$CALLS",
}


class Setup(unittest.TestCase):
    def run_setup(self, commands):
        with tempfile.TemporaryDirectory() as folder:
            for name, script in commands.items():
                path = pathlib.Path(folder, name)
                path.write_text(f"#!/bin/sh\n{script}\n")
                path.chmod(0o755)
            calls = pathlib.Path(folder, "calls")
            done = subprocess.run(
                ["scripts/setup", "build"], capture_output=True, text=True,
                env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "CALLS": str(calls)})
            self.assertFalse(calls.exists(), "packages were installed")
            return done

    def test_without_rights_it_names_the_packages_and_the_one_line_to_type(self):
        done = self.run_setup(COMMANDS)
        missing = ("ninja-build pkg-config libcli11-dev libeigen3-dev libfmt-dev liblbfgspp-dev "
                   "libre2-dev libsqlite3-dev libyaml-dev nlohmann-json3-dev rapidjson-dev")
        self.assertEqual(done.stderr,
                         f"missing Debian packages: {missing}\n"
                         f"only root may install them; type: sudo apt-get install -y {missing}\n")
        self.assertEqual(done.returncode, 2)

    def test_where_nothing_is_missing_it_is_silent(self):
        listed = pathlib.Path("scripts/packages.txt").read_text().splitlines()
        there = "\n".join(f"{line.split()[0]} installed" for line in listed if line[:1] not in "#")
        done = self.run_setup({**COMMANDS, "dpkg-query": f"cat <<END\n{there}\nEND"})
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
