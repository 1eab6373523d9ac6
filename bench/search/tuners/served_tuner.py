"""A tuner of ../served, in a process and an environment of its own."""

import dataclasses
import json
import subprocess

import environments

SERVER = environments.HERE / "served/server.py"


class ServedTuner:
    def __init__(self, name, problem, seed, trials):
        self.child = subprocess.Popen(
            [environments.python_of(name), SERVER, name], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._talk({"space": [dataclasses.asdict(parameter) for parameter in problem.space],
                    "seed": seed, "trials": trials, "noisy": problem.is_noisy})

    def _talk(self, request):
        self.child.stdin.write(json.dumps(request) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError(f"exit {self.child.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def ask(self):
        answer = self._talk({"ask": True})
        return answer["number"], answer["params"]

    def tell(self, number, value):
        self._talk({"tell": [number, value]})

    def recommended(self):
        return None

    def close(self):
        self.child.stdin.close()
        self.child.wait()
        self.child.stdout.close()


def version(name, package):
    """The version of a package in the tuner's environment."""
    code = f"import importlib.metadata as m; print(m.version('{package}'))"
    return subprocess.run([environments.python_of(name), "-c", code], check=True, text=True,
                          capture_output=True).stdout.strip()
