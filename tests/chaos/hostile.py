"""Programs that behave badly as trials: each ends as a state with a reason, `tune` lives, its memory
stays bounded, no process is left. Usage: hostile.py AUTOGLM"""

import re
import sys
import threading
import unittest

import harness

PROGRAM = '''
import os, signal, subprocess, sys, time

kind, directory = sys.argv[1:]


def say(text):
    print(text, flush=True)


def detached(script):
    subprocess.Popen([sys.executable, "-c", script], start_new_session=True)


def harmless():
    say('{"value": 1}')


def ignores_sigterm():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say('{"value": 1}')
    time.sleep(600)


def stops_itself():
    os.kill(os.getpid(), signal.SIGSTOP)


def leaves_a_detached_child():
    detached("import time; time.sleep(600)")
    say('{"value": 1}')


def leaves_a_deaf_detached_family():
    detached("""
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
time.sleep(600)""")
    say('{"value": 1}')


def floods_stdout():
    say('{"value": 1}')
    block = b"all work and no play\\n" * 50000
    for _ in range(2 * 10**9 // len(block)):
        os.write(1, block)


def writes_an_endless_line():
    for _ in range(100):
        os.write(1, b"x" * 10**6)
    say('\\n{"value": 1}')


def floods_the_metrics_file():
    with open(os.environ["AUTOGLM_METRICS"], "w") as metrics:
        for _ in range(50):
            metrics.write("y" * 10**6)
        metrics.write('\\n{"value": 1}\\n')


def reports_nan():
    say('{"value": NaN}')


def reports_nothing():
    pass


def writes_invalid_utf8():
    os.write(1, b"\\xff\\xfe\\x80 {\\n")
    os.write(2, b"bad \\xc3\\x28 bytes\\n")
    sys.exit(3)


def closes_its_pipes():
    os.close(1)
    os.close(2)
    time.sleep(0.3)
    with open(os.environ["AUTOGLM_METRICS"], "a") as metrics:
        metrics.write('{"value": 1}')


def reports_after_its_end():
    say('{"value": 1}')
    detached("""
import os, time
time.sleep(0.2)
with open(os.environ["AUTOGLM_METRICS"], "a") as metrics:
    metrics.write('{"value": 99}\\\\n')""")


def dies_by_a_signal():
    os.kill(os.getpid(), signal.SIGSEGV)


def deletes_its_directory():
    say('{"value": 1}')
    subprocess.run(["rm", "-rf", directory])


def fails_at_length():
    sys.stderr.write("line\\n" * 10**6 + "the reason\\n")
    sys.exit(7)


def is_infeasible():
    sys.exit(65)


def nests_deeply():
    say('{"a": ' * 100000)
    say('{"value": 1}')


globals()[kind]()
'''

# State and reason (a regular expression) of each.
EXPECTED = {
    "harmless": ("complete", ""),
    "ignores_sigterm": ("failed", "timeout: longer than 3s"),
    "stops_itself": ("failed", "timeout: longer than 3s"),
    "leaves_a_detached_child": ("complete", ""),
    "leaves_a_deaf_detached_family": ("complete", ""),
    "floods_stdout": ("complete|failed", "|timeout: longer than 3s"),
    "writes_an_endless_line": ("complete", ""),
    "floods_the_metrics_file": ("complete", ""),
    "reports_nan": ("failed", ".*(nan|NaN).*"),
    "reports_nothing": ("failed", ".*value.*"),
    "writes_invalid_utf8": ("failed", "exit status 3.*"),
    "closes_its_pipes": ("complete", ""),
    "reports_after_its_end": ("complete", ""),
    "dies_by_a_signal": ("failed", "signal 11.*"),
    "deletes_its_directory": ("complete", ""),
    "fails_at_length": ("failed", "exit status 7.*the reason.*"),
    "is_infeasible": ("infeasible", ".*65.*"),
    "nests_deeply": ("complete", ""),
}

SPEC = {
    "name": "hostile",
    "metric": {"name": "value", "goal": "minimize"},
    "searcher": "grid",
    "max_trials": len(EXPECTED),
    "max_failures": 100,
    "parallel": 2,
    "parameters": {"kind": {"type": "categorical", "choices": list(EXPECTED)}},
    "trial": {"kind": "command", "timeout": "3s", "grace": "500ms",
              "command": [sys.executable, "program.py", "{kind}", "{trial.dir}"]},
}


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.workshop = harness.Workshop(AUTOGLM)
        cls.workshop.write("program.py", PROGRAM)
        cls.workshop.write("spec.json", SPEC)
        tune = cls.workshop.start("tune", "spec.json", "--progress", "none", stdout=-1, stderr=-1,
                                  text=True)
        cls.peak = 0
        ended = threading.Event()

        def watch():
            while not ended.wait(0.02):
                cls.peak = max(cls.peak, harness.peak_memory(tune.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        _, cls.errors = tune.communicate()
        ended.set()
        watcher.join()
        cls.status = tune.returncode
        cls.left = not cls.workshop.wait_until_alone()
        cls.trials = {t["params"]["kind"]: t for t in cls.workshop.report("hostile.db")["trials"]}

    @classmethod
    def tearDownClass(cls):
        cls.workshop.__exit__()

    def test_tune_ends_well(self):
        self.assertEqual(self.status, 0, self.errors)

    def test_no_process_is_left(self):
        self.assertFalse(self.left, self.workshop.processes())

    def test_memory_stays_bounded(self):
        self.assertGreater(self.peak, 0)
        self.assertLess(self.peak, 200e6)

    def test_each_trial_ends_as_a_state_with_a_reason(self):
        self.assertEqual(sorted(self.trials), sorted(EXPECTED))
        for kind, (state, reason) in EXPECTED.items():
            with self.subTest(kind=kind):
                trial = self.trials[kind]
                self.assertRegex(trial["state"], f"^({state})$")
                self.assertTrue(re.fullmatch(reason, trial["reason"] or "", re.S), trial["reason"])

    def test_what_is_reported_after_the_end_is_not_taken(self):
        self.assertEqual(self.trials["reports_after_its_end"]["value"], 1)

    def test_logs_of_output_are_bounded(self):
        for log in self.workshop.folder.glob("hostile.trials/*/*/*.log"):
            self.assertLessEqual(log.stat().st_size, 65 * 2**20, log)


if __name__ == "__main__":
    AUTOGLM = sys.argv.pop(1)
    unittest.main()
