"""Reads every #include and fails where an arrow points outwards.

The table is ARCHITECTURE's: which folder may include which, and which libraries.
"""

import pathlib
import re
import subprocess
import sys

OWN = {
    "search_space": {"search_space"},
    "optimizer": {"search_space", "optimizer"},
    "storage": {"search_space", "optimizer", "storage"},
    "trainer": {"search_space", "optimizer", "trainer"},
    "gpu": {"search_space", "gpu"},
    "cli": {"search_space", "optimizer", "storage", "trainer", "gpu", "cli"},
}
# Single headers that a folder may include beyond its row.
OWN_HEADERS = {"gpu": {"trainer/nn/tensor.h", "trainer/nn/backend.h"}}

LIBRARIES = {
    "Eigen/": {"search_space", "optimizer", "trainer"},
    "unsupported/Eigen/": {"optimizer"},
    "nlohmann/": {"search_space", "optimizer", "storage", "trainer", "cli"},
    "fmt/": {"search_space", "optimizer", "storage", "trainer", "gpu", "cli"},
    "LBFGS": {"optimizer"},
    "boost/": {"optimizer"},
    "sqlite3.h": {"storage"},
    "rapidjson/": {"storage", "cli"},
    "re2/": {"trainer"},
    "yaml.h": {"cli"},
    "CLI/": {"cli"},
    "httplib.h": {"cli"},
    "sanitizer/": {"trainer"},
    "cuda": {"gpu"},
    "cublas": {"gpu"},
    "cudnn": {"gpu"},
}
# The optimizer knows no operating system: no files, processes, threads or terminal.
SYSTEM = re.compile(r"(sys/.*|unistd\.h|fcntl\.h|signal\.h|csignal|spawn\.h|pthread\.h|thread|mutex"
                    r"|condition_variable|future|fstream|filesystem|iostream|cstdio)$")
WITHOUT_SYSTEM = {"optimizer"}
STANDARD = re.compile(r"[a-z_0-9]+$")  # <vector>, <cmath>
POSIX = re.compile(r"([a-z_0-9]+|(sys|linux|netinet|arpa)/[a-z_0-9]+)\.h$")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def fault(folder, header, quoted):
    """Why a file of `folder` may not include `header`, or None."""
    if quoted:
        owner = header.split("/")[0]
        if owner not in OWN:
            return f'"{header}" is not named from the top folder'
        if owner in OWN[folder] or header in OWN_HEADERS.get(folder, ()):
            return None
        return f"{folder}/ may not know {owner}/"
    for prefix, users in LIBRARIES.items():
        if header.startswith(prefix):
            return None if folder in users else f"{folder}/ may not use <{header}>"
    if folder in WITHOUT_SYSTEM and SYSTEM.match(header):
        return f"{folder}/ knows no operating system, so not <{header}>"
    if STANDARD.match(header) or POSIX.match(header):
        return None
    return f"<{header}> is no library that the table in tests/quality/layers.py knows"


def faults(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            why = fault(path.split("/")[0], match[2], match[1] == '"')
            if why:
                yield f"{path}:{number}: {why}"


def main():
    # The checker itself must see an arrow that points outwards.
    assert list(faults("optimizer/a.cpp", '#include "storage/storage.h"\n'))
    assert list(faults("search_space/a.cpp", "#include <sqlite3.h>\n"))
    assert not list(faults("cli/a.cpp", '#include "storage/storage.h"\n#include <CLI/CLI.hpp>\n'))

    listed = subprocess.run(["git", "ls-files", "*.h", "*.cpp", "*.cu"], check=True,
                            capture_output=True, text=True).stdout.split()
    sources = [path for path in listed if path.split("/")[0] in OWN]
    found = [line for path in sources for line in faults(path, pathlib.Path(path).read_text())]
    print("\n".join(found) or f"{len(sources)} sources, no arrow points outwards")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
