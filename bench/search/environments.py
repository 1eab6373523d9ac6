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

# HEBO wants an old numpy, and pip takes an hour to find out what goes with it.
PACKAGES = {
    "main": ("optuna==5.0.0", "cmaes", "scipy", "scikit-learn", "dlib-bin", "coco-experiment",
             "onnxruntime", "matplotlib"),
    "hebo": ("HEBO==0.3.6", "numpy==1.24.4", "pandas==2.1.4", "scipy==1.11.4",
             "scikit-learn==1.4.2", "matplotlib==3.8.4", "pymoo==0.6.0", "gpytorch==1.11",
             "linear_operator==0.5.2", "jaxtyping==0.2.19", "catboost==1.2.5", "GPy==1.13.2"),
    "smac": ("smac==2.4.1",),
    "ax": ("ax-platform==1.3.1",),
}
WITH_TORCH = ("main", "hebo", "ax")


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
            _make(name, folder)
            made.write_text(wanted)
    return folder / "bin/python"


def _make(name, folder):
    venv.create(folder, clear=True, with_pip=True)
    pip = [folder / "bin/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if name in WITH_TORCH:
        subprocess.run([*pip, *TORCH], check=True)
        subprocess.run([*pip, "--no-deps", "torch==2.15.0"], check=True)
        subprocess.run([folder / "bin/python", HERE / "torch_without_cuda.py"], check=True)
    subprocess.run([*pip, *PACKAGES[name]], check=True)


def enter(name):
    """Goes on in the environment: runs the program again in it, unless it runs there already."""
    python = python_of(name)
    if pathlib.Path(sys.prefix) != python.parent.parent:
        os.execve(python, [str(python), *sys.argv], os.environ | ONE_THREAD)
