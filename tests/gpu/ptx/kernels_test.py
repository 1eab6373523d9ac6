#!/usr/bin/env python3
"""What nvcc makes of gpu/cuda's kernels, run by an interpreter of its PTX, beside formulas in f64:
tests/gpu/ptx/kernels_test.py [--planted] [FILE.cu…]

--planted: plants the bugs of planted_bugs.json one after the other, each of which must be found,
for the reason that it names. Ends with 77, having said why, where there is no nvcc or no numpy.
"""

import argparse
import json
import pathlib
import re
import shutil
import sys
import tempfile

from environment import find_nvcc, leave_out, need_numpy

HERE = pathlib.Path(__file__).resolve().parent


def plant(bug, folder):
    """A copy of gpu/ with the bug."""
    shutil.copytree(HERE.parents[2] / "gpu", folder / "gpu")
    path = folder / "gpu/cuda" / bug["file"]
    text = path.read_text()
    if text.count(bug["old"]) != 1:
        raise SystemExit(f"{bug['name']}: {bug['file']} holds its text {text.count(bug['old'])} "
                         "times; correct planted_bugs.json")
    path.write_text(text.replace(bug["old"], bug["new"]))


def is_found(bug):
    from checks import check_file
    from common import Wrong
    from device import compile_kernels
    from memory import Fault

    with tempfile.TemporaryDirectory() as folder:
        plant(bug, pathlib.Path(folder))
        kernels = compile_kernels(bug["check"], folder)
    try:
        said = f"nothing; errors up to {check_file(bug['check'], kernels):.2f} of their limits"
    except (Wrong, Fault) as problem:
        said = str(problem)
    found = re.search(bug["says"], said) is not None
    print(f"{'' if found else 'NOT CAUGHT '}{bug['name']}: {said[:200]}", flush=True)
    return found


def find_planted():
    bugs = json.loads((HERE / "planted_bugs.json").read_text())
    good = sum(map(is_found, bugs))
    print(f"{good} of {len(bugs)} found")
    return 0 if good == len(bugs) else 1


def check_kernels(files):
    from checks import CHECKS, check_file
    from device import compile_kernels

    for source in files or CHECKS:
        kernels = compile_kernels(source)
        worst = check_file(source, kernels)
        print(f"{source}: {len(kernels)} kernels, errors up to {worst:.2f} of their limits",
              flush=True)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    if find_nvcc() is None:
        leave_out("no nvcc")
    need_numpy()
    return find_planted() if arguments.planted else check_kernels(arguments.files)


if __name__ == "__main__":
    sys.exit(main())
