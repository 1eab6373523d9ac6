"""autoglm, through a conversation with `autoglm stdio`, as any user's program would have it."""

import contextlib
import hashlib
import json
import pathlib
import subprocess
import tempfile

VARIANTS = {
    "gp": {"type": "gp"},
    "policy_gradient": {"type": "policy_gradient"},
    "policy_gradient-no-critic": {"type": "policy_gradient", "critic": "none"},
    "sobol": {"type": "sobol"},
    "random": {"type": "random"},
}
STANDARD = ("gp", "policy_gradient", "policy_gradient-no-critic")


class Conversation:
    """A running `autoglm stdio`. The study is kept in memory unless a file is named."""

    def __init__(self, program, spec, study=":memory:"):
        self.folder = tempfile.TemporaryDirectory()
        path = pathlib.Path(self.folder.name) / "bench.json"
        path.write_text(json.dumps(spec))
        self.errors = tempfile.TemporaryFile("w+")
        self.child = subprocess.Popen(
            [program, "stdio", path, "--study", study], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)

    def __call__(self, request):
        """The answer to a request. Raises RuntimeError with what autoglm said of it."""
        try:
            self.child.stdin.write(json.dumps(request) + "\n")
            self.child.stdin.flush()
            line = self.child.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.child.wait()
            self.errors.seek(0)
            raise RuntimeError(f"exit {self.child.returncode}: {self.errors.read().strip()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        return answer

    def close(self):
        with contextlib.suppress(BrokenPipeError):  # it ended before it read everything
            self.child.stdin.close()
        self.child.wait()
        self.child.stdout.close()
        self.errors.close()
        self.folder.cleanup()


def spec(space, searcher, seed, trials):
    return {"name": "bench", "metric": {"name": "value", "goal": "minimize"},
            "searcher": searcher, "max_trials": trials, "seed": seed, "parameters": space.spec()}


class AutoglmTuner:
    def __init__(self, program, searcher, problem, seed, trials):
        self.talk = Conversation(program, spec(problem.space, searcher, seed, trials))

    def ask(self):
        answer = self.talk({"ask": 1})
        if not answer["trials"]:
            raise RuntimeError(f"no trial: {answer.get('done', 'waiting')}")
        return answer["trials"][0]["trial"], answer["trials"][0]["params"]

    def tell(self, number, value):
        self.talk({"tell": {"trial": number, "value": value}})

    def recommended(self):
        return self.talk({"recommend": 1})["recommended"][0]["params"]

    def close(self):
        self.talk.close()


def version(program, searcher):
    """Changes with the program and with the searcher's options."""
    content = pathlib.Path(program).read_bytes() + json.dumps(searcher).encode()
    return f"autoglm {hashlib.sha256(content).hexdigest()[:12]}"
