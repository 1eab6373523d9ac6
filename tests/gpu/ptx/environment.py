"""nvcc and numpy, which these tests need, or why they are left out."""

import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77  # SKIP_RETURN_CODE of CMakeLists.txt


def leave_out(reason):
    print(f"left out: {reason}")
    sys.exit(SKIPPED)


def find_nvcc():
    return shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")


def need_numpy():
    """Goes on in the Python that the tests with Optuna use where this one has no numpy."""
    try:
        import numpy  # noqa: F401
    except ImportError:
        if "AUTOGLM_WITH_NUMPY" in os.environ:
            leave_out("no numpy")
        script = pathlib.Path(__file__).resolve().parents[2] / "python_env.sh"
        found = subprocess.run(["bash", script], stdout=subprocess.PIPE, text=True)
        if found.returncode != 0:
            leave_out("no numpy, and none to be had")
        python = found.stdout.strip()
        os.execve(python, [python, *sys.argv], {**os.environ, "AUTOGLM_WITH_NUMPY": "1"})
