"""No tracked file names a folder of the machine that it was written on."""

import pathlib
import re
import subprocess
import sys

# /home/me is nobody's: tests make it up.
HOME = re.compile(r"(?<![\w.~}/$-])/(home/(?!me/)|(root|work|farm|mnt|srv|Users)/)")


def main():
    assert HOME.search("cd /home/someone/autoglm") and not HOME.search("https://a.b/home/x")
    tracked = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True,
                             text=True).stdout.split("\0")
    found = []
    for name in filter(None, tracked):
        if name == "tests/quality/portability.py":
            continue
        for number, line in enumerate(pathlib.Path(name).read_bytes().splitlines(), 1):
            if HOME.search(line.decode("utf-8", "replace")):
                found.append(f"{name}:{number}: {line[:120]!r}")
    print("\n".join(found) or "no path of anybody's machine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
