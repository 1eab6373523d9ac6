"""The virtual environments that the benchmark makes, from PyPI, under build/bench."""

import fcntl
import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = ROOT / "build/bench"

# numpy's and torch's threads would share the cores with the other runs.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}

# What torch itself needs; its CUDA packages (2 GB) are left out, see torch_without_cuda.py.
TORCH = ("filelock", "typing-extensions", "sympy", "networkx", "jinja2", "fsspec")

PACKAGES = {
    "main": ("optuna==5.0.0", "cmaes", "scipy", "scikit-learn", "dlib-bin", "coco-experiment",
             "onnxruntime", "matplotlib", *TORCH),
}


def python_of(name):
    """The interpreter of an environment, which is made on the first call."""
    folder = FOLDER / name
    wanted = " ".join(PACKAGES[name])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / "made"
        if not made.exists() or made.read_text() != wanted:
            print(f"making the environment {folder}", file=sys.stderr)
            _make(folder, PACKAGES[name])
            made.write_text(wanted)
    return folder / "bin/python"


def _make(folder, packages):
    venv.create(folder, clear=True, with_pip=True)
    pip = [folder / "bin/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, *packages], check=True)
    if TORCH[0] in packages:
        subprocess.run([*pip, "--no-deps", "torch"], check=True)
        subprocess.run([folder / "bin/python", HERE / "torch_without_cuda.py"], check=True)


def enter(name):
    """Goes on in the environment: runs the program again in it, unless it runs there already."""
    python = python_of(name)
    if pathlib.Path(sys.prefix) != python.parent.parent:
        os.execve(python, [str(python), *sys.argv], os.environ | ONE_THREAD)
