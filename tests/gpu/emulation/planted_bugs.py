#!/usr/bin/env python3
"""Plants a bug in the CUDA backend's sources, and sees that the tests on the emulated device find it:
tests/gpu/emulation/planted_bugs.py [--preset dev] [--jobs 2] [--list] [NAME…]

A bug is a change of a line or two (planted_bugs.json). What it touches is compiled again, linked with
the rest of the build into a library of its own, and given to the checks that the bug names. What of
the build is needed is built first. Prints a line for each: what caught it, and the first thing that
was said. Ends with 1 if one was missed, or if a check complains where there is no bug; with 2 if there
is nothing to plant. With the presets asan and tsan: the bugs that their sanitizers should find
("watches").

A check that could not run, as with a library that does not load, has found nothing: it ends with 2. Nor
has one that is ended by a signal. The controls say what they expect instead ("expects": "nothing", or
"failure": that no check can run).
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MOST_SECONDS = 600  # of processor time, of a check
COMPLAINT = re.compile(r"emulated CUDA device: .*|WRONG .*|.*ERROR: .*|.*runtime error: .*"
                       r"|WARNING: ThreadSanitizer: .*")


class Build:
    """The build of a preset, whose objects are used again."""

    def __init__(self, preset, programs):
        subprocess.run([ROOT / "scripts/build", preset, "autoglm_cuda_emul", *programs], check=True)
        self.folder = ROOT / "build" / preset
        commands = json.loads((self.folder / "compile_commands.json").read_text())
        self.commands = {pathlib.Path(entry["file"]).name: entry["command"] for entry in commands
                         if "autoglm_cuda_emul.dir" in entry["command"]}

        # All sources but kernels have the flags of the build's sanitizers.
        host = next(command for source, command in self.commands.items()
                    if source.endswith(".cpp"))
        self.sanitizers = [word for word in shlex.split(host) if word.startswith("-fsanitize=")]

    def watch(self):
        """What sees the accesses of kernels."""
        names = "".join(self.sanitizers)
        return next((name for name in ("address", "thread") if name in names), "hooks")

    def program(self, name):
        return self.folder / "bin" / name

    def compile(self, overlay, source):
        """An object of a source, with the headers of `overlay` before ours."""
        words = shlex.split(self.commands[source])
        target = overlay / (source + ".o")
        words[words.index("-o") + 1] = str(target)
        words[words.index("-c") + 1] = str(overlay / "gpu/cuda" / source)
        words.insert(words.index("-o"), f"-I{overlay}")
        words = [word for word in words if word not in ("ccache", "-Werror")]
        # The overlay's headers must come first.
        words = [words[0], f"-I{overlay}", *words[1:]]
        return subprocess.run(words, cwd=self.folder, capture_output=True, text=True)

    def link(self, overlay, sources):
        objects = []
        for source, command in self.commands.items():
            words = shlex.split(command)
            built = self.folder / words[words.index("-o") + 1]
            objects.append(str(overlay / (source + ".o") if source in sources else built))
        archive = next(self.folder.rglob("libautoglm_emulation.a"))
        library = overlay / "libautoglm_cuda_emul.so"
        linked = subprocess.run(
            ["c++", "-shared", "-fPIC", *self.sanitizers, "-o", library, *objects, archive, "-lboost_context"],
            cwd=self.folder, capture_output=True, text=True)
        return library, linked


def plant(bug, overlay):
    """Copies gpu/ and changes it."""
    if overlay.exists():
        shutil.rmtree(overlay)
    shutil.copytree(ROOT / "gpu", overlay / "gpu")
    for change in bug["changes"]:
        path = overlay / "gpu/cuda" / change["file"]
        path.write_text(path.read_text().replace(change["old"], change["new"]))


def misfits(bugs):
    """A line for each change that the sources have no place for."""
    for bug in bugs:
        for change in bug["changes"]:
            found = (ROOT / "gpu/cuda" / change["file"]).read_text().count(change["old"])
            if found != change.get("times", 1):
                yield (f"planted_bugs.py: {bug['name']}: gpu/cuda/{change['file']} holds its text "
                       f"{found} times, not {change.get('times', 1)}; correct planted_bugs.json")


def sources_of(bug):
    """What is compiled again."""
    files = [change["file"] for change in bug["changes"]]
    return sorted({file for file in files if not file.endswith(".h")} | set(bug.get("with", [])))


# What a check says: (FOUND, the first complaint), (NOTHING, ""), or (FAILURE, why it could not run).
Outcome = collections.namedtuple("Outcome", "kind said")
FOUND, NOTHING, FAILURE = "found", "nothing", "failure"
FINDINGS = (1, 66)  # of our programs and of the address sanitizer; of the thread sanitizer


def outcome_of(ran):
    """Of a process that has ended."""
    if ran.returncode == 0:
        return Outcome(NOTHING, "")
    if ran.returncode == -signal.SIGXCPU:
        return Outcome(FOUND, "it did not end")
    last = ((ran.stdout + ran.stderr).strip().splitlines() or ["nothing was said"])[-1]
    if ran.returncode not in FINDINGS:
        return Outcome(FAILURE, f"could not run, {ran.returncode}: {last}")
    said = COMPLAINT.search(ran.stderr) or COMPLAINT.search(ran.stdout)
    return Outcome(FOUND, said[0] if said else last)


def check(build, words, library):
    environment = {**os.environ, "AUTOGLM_CUDA_LIBRARY": str(library),
                   "AUTOGLM_CUDA_EMUL_LIBRARY": str(library), "TSAN_OPTIONS": "halt_on_error=1"}
    # Of processor time: on a busy machine a check that is merely slow is not one that hangs.
    ran = subprocess.run(["prlimit", f"--cpu={MOST_SECONDS}:", build.program(words[0]),
                          *words[1:]], env=environment, text=True, capture_output=True)
    return outcome_of(ran)


def is_as_expected(bug, outcomes):
    """One check that finds it is enough; none may fail. Of a control all are alike."""
    kinds = {outcome.kind for outcome in outcomes}
    expected = bug.get("expects", FOUND)
    return kinds == {expected} or (expected == FOUND and kinds == {FOUND, NOTHING})


def judge(build, bug, folder):
    """(whether it is as it should be, the line to print)."""
    overlay = folder / re.sub(r"[^a-z0-9]+", "-", bug["name"].lower())
    plant(bug, overlay)
    sources = sources_of(bug)
    for source in sources:
        compiled = build.compile(overlay, source)
        if compiled.returncode != 0:
            return False, f"{bug['name']}: does not compile: {compiled.stderr[:400]}"
    library, linked = build.link(overlay, sources)
    if linked.returncode != 0:
        return False, f"{bug['name']}: does not link: {linked.stderr[:400]}"
    outcomes = []
    for words in bug["checks"]:
        outcomes.append(check(build, words.split(), library))
        if outcomes[-1].kind == FOUND:
            break
    shutil.rmtree(overlay)
    kind, said = outcomes[-1]
    return (is_as_expected(bug, outcomes),
            f"{bug['name']}: {words}: {kind}{': ' if said else ''}{said[:240]}")


def arguments_of():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="dev")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="print names, build nothing")
    parser.add_argument("names", nargs="*", help="bugs whose names hold one of these")
    return parser.parse_args()


def chosen_bugs(arguments):
    """None, with a line: there are none, or they do not fit the sources."""
    bugs = json.loads((HERE / "planted_bugs.json").read_text())
    if arguments.names:
        bugs = [bug for bug in bugs if any(name in bug["name"] for name in arguments.names)]
    if not bugs:
        print(f"planted_bugs.py: no bug's name holds {' or '.join(arguments.names)}; --list has them",
              file=sys.stderr)
    faults = list(misfits(bugs))
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    return None if faults or not bugs else bugs


def main():
    arguments = arguments_of()
    bugs = chosen_bugs(arguments)
    if bugs is None:
        return 2
    if arguments.list:
        print(*(bug["name"] for bug in bugs), sep="\n")
        return 0
    programs = sorted({check.split()[0] for bug in bugs for check in bug["checks"]})
    try:
        build = Build(arguments.preset, programs)
    except subprocess.CalledProcessError:
        return 2  # scripts/build has said why
    bugs = [bug for bug in bugs if build.watch() in bug.get("watches", ["hooks"])]
    if not bugs:
        print(f"planted_bugs.py: none of these is for the preset {arguments.preset} to find, by their "
              '"watches" in planted_bugs.json', file=sys.stderr)
        return 2
    folder = build.folder / "planted"
    good = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for ok, line in pool.map(lambda bug: judge(build, bug, folder), bugs):
            good += ok
            print(("" if ok else "NOT CAUGHT ") + line, flush=True)
    print(f"{good} of {len(bugs)} as it should be")
    return 0 if good == len(bugs) else 1


if __name__ == "__main__":
    sys.exit(main())
