"""Runs the test functions of a file under Optuna 5 and under an Optuna 4.

A file calls main(globals()) at its end. Its functions test_* get a temporary folder."""
import inspect
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

try:
    import optuna
except ImportError:
    optuna = None


def run_tests(names):
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tests = [(name, test) for name, test in names.items()
             if name.startswith("test_") and inspect.isfunction(test)]
    for name, test in tests:
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(folder)
            except BaseException:
                print(f"Optuna {optuna.__version__}: {name} failed", file=sys.stderr)
                raise
    print(f"Optuna {optuna.__version__}: {len(tests)} passed")


def run_under_both(arguments):
    script = pathlib.Path(__file__).parents[1] / "python_env.sh"
    found = subprocess.run(["bash", script], stdout=subprocess.PIPE, text=True)
    if found.returncode != 0:
        sys.exit(77)  # no registry of packages to be reached: skipped
    python = found.stdout.strip()
    older = pathlib.Path(python).parents[1] / "optuna-4"
    for path in ("", str(older)):
        subprocess.run([python, *arguments], check=True,
                       env={**os.environ, "PYTHONPATH": path, "AUTOGLM_WITH_OPTUNA": "1"})


def main(names):
    if "AUTOGLM_WITH_OPTUNA" in os.environ:
        run_tests(names)
    else:
        run_under_both(sys.argv)
