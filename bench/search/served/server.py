"""A process with a tuner that needs an environment of its own.

usage: server.py MODULE

Reads JSON lines: first {"space", "seed", "trials", "noisy"}, answered by {}; then
{"ask": true}, answered by {"number", "params"}, and {"tell": [number, value]}, answered by {}.
A failure is {"error"}.
"""

import importlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.remove(str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from space import Parameter, Space  # noqa: E402


def _space(entries):
    return Space(Parameter(**entry | {"choices": tuple(entry["choices"]), "on": tuple(entry["on"])})
                 for entry in entries)


def _start(request):
    module = importlib.import_module(f"served.{sys.argv[1]}")
    return module.Tuner(_space(request["space"]), request["seed"], request["trials"],
                        request["noisy"])


def _continue(tuner, request):
    if "tell" in request:
        tuner.tell(*request["tell"])
        return {}
    number, params = tuner.ask()
    return {"number": number, "params": params}


def main():
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    tuner = None
    for line in sys.stdin:
        try:
            if tuner is None:
                tuner, answer = _start(json.loads(line)), {}
            else:
                answer = _continue(tuner, json.loads(line))
        except Exception as failure:
            answer = {"error": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
