"""What `autoglm tune` promises, shown with real programs."""

import json
import os
import pathlib
import pty
import shlex
import signal
import sqlite3
import subprocess
import time

from study_folder import PROGRAM, StudyFolder, clean_environment, main, wait_until


def params(report):
    return [trial["params"] for trial in report["trials"]]


class Budget(StudyFolder):
    # Regression: the hint did not name the study of several, and a file's dash made it an option.
    def test_the_hint_at_more_works_as_it_is(self):
        self.spec(max_trials=1)
        for arguments in ((), ("--new-study",), ("--study=-x y.db",)):
            with self.subTest(arguments):
                hint = self.tune(*arguments).stdout.splitlines()[-1]
                self.assertTrue(hint.startswith("more: autoglm report "), hint)
                words = shlex.split(hint)[2:]
                shown = self.run_autoglm(*words, "--format", "json")
                self.assertEqual(shown.returncode, 0, shown.stderr)
                self.assertEqual(json.loads(shown.stdout)["study"],
                                 "study-2" if arguments == ("--new-study",) else "study")

    def test_a_study_runs_to_its_budget_and_says_what_is_best(self):
        self.spec()
        result = self.tune()
        self.assertEqual(result.returncode, 0, result.stderr)
        report = self.report()
        self.assertEqual(report["counts"]["complete"], 4)
        best = min(report["trials"], key=lambda trial: trial["value"])
        self.assertEqual(report["best"]["number"], best["number"])
        self.assertIn(f"best trial {best['number']}: loss", result.stdout)
        self.assertIn("better than the first one" if best["number"] else "best trial 0", result.stdout)
        self.assertIn("command: sh -c", result.stdout)

    def test_the_same_command_again_says_that_the_budget_is_spent(self):
        self.spec()
        before = self.tuned()
        result = self.tune()
        self.assertEqual(result.returncode, 0)
        self.assertIn("its budget is spent", result.stdout)
        self.assertEqual(self.report()["trials"], before["trials"])

    def test_more_adds_to_what_is_there(self):
        self.spec()
        self.tuned()
        self.assertEqual(len(self.tuned("--more", "3")["trials"]), 7)

    def test_trials_is_the_total(self):
        self.spec()
        self.tuned()
        self.assertEqual(len(self.tuned("--trials", "6")["trials"]), 6)

    def test_a_target_ends_the_study(self):
        self.spec(metric={"name": "loss", "goal": "minimize", "target": 100}, max_trials=50)
        result = self.tune()
        self.assertEqual(result.returncode, 0)
        self.assertIn("the target is reached", result.stdout)
        self.assertEqual(len(self.report()["trials"]), 1)

    def test_a_space_that_is_spent_ends_the_study(self):
        for searcher in ("random", "grid", "sobol", "gp"):
            self.spec(name=searcher, searcher=searcher, max_trials=50, parameters={
                "x": {"type": "ordinal", "choices": [0.1, 0.2, 0.3]},
                "y": {"type": "categorical", "choices": ["a", "b"]}})
            result = self.tune()
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("no untried configuration is left", result.stdout)
            report = self.report(f"{searcher}.db")
            self.assertEqual(len({json.dumps(p, sort_keys=True) for p in params(report)}), 6)
            self.assertEqual(len(report["trials"]), 6)

    def test_a_time_that_is_no_duration_is_a_usage_error(self):
        self.spec()
        for text in "soon", "999999999999d":
            with self.subTest(text):
                result = self.tune("--time", text)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertEqual(result.stderr, f"--time {text}: is not a duration up to 36500d; write 90s, 10m, "
                                                "2h or 1d\n")

    def test_time_that_is_up_puts_running_trials_back(self):
        self.spec(trial={"command": "sleep 60"}, parallel=2)
        result = self.tune("--time", "300ms")
        self.assertEqual(result.returncode, 3, result.stderr)  # no trial is complete
        self.assertEqual(self.report()["counts"]["waiting"], 2)

    def test_time_that_is_up_with_something_complete_is_exit_5(self):
        self.spec(trial={"command": "test $AUTOGLM_TRIAL -gt 0 && sleep 60; echo '{{\"loss\": 1}}'"})
        result = self.tune("--time", "1s")
        self.assertEqual(result.returncode, 5, result.stderr)
        counts = self.report()["counts"]
        self.assertEqual((counts["complete"], counts["waiting"]), (1, 1))

    def test_initial_configurations_come_first_and_are_completed(self):
        self.spec(initial=[{"x": 0.25}, {}])
        report = self.tuned()
        self.assertEqual(report["trials"][0]["params"], {"x": 0.25})
        self.assertIn("x", report["trials"][1]["params"])
        self.assertEqual(len(report["trials"]), 4)


class Ends(StudyFolder):
    def test_three_trials_that_fail_alike_stop_the_study(self):
        self.spec(trial={"command": "echo broken data at line $AUTOGLM_TRIAL >&2; exit 3"}, max_trials=20)
        result = self.tune()
        self.assertEqual(result.returncode, 4)
        self.assertEqual(self.report()["counts"]["failed"], 3)
        self.assertIn("broken data at line", result.stdout + result.stderr)
        self.assertIn("exit status 3", result.stdout + result.stderr)

    def test_a_program_that_is_not_there_is_named(self):
        self.spec(trial={"command": ["no-such-program-here"]})
        result = self.tune()
        self.assertEqual(result.returncode, 4)
        self.assertIn('no such program "no-such-program-here"', result.stdout + result.stderr)

    def test_max_failures_stops_the_study(self):
        self.spec(trial={"command": "exit $((AUTOGLM_TRIAL + 1))"}, max_trials=20, max_failures=5)
        self.assertEqual(self.tune().returncode, 4)
        self.assertEqual(self.report()["counts"]["failed"], 5)

    def test_no_complete_trial_is_exit_3(self):
        self.spec(trial={"command": "exit 64"})
        self.assertEqual(self.tune().returncode, 3)
        self.assertEqual(self.report()["counts"]["infeasible"], 4)

    def test_an_assertion_that_does_not_hold_is_exit_6(self):
        self.spec()
        self.assertEqual(self.tune("--assert", "loss < 5", "--assert", "complete == 4").returncode, 0)
        result = self.tune("--assert", "loss < 0.001")
        self.assertEqual(result.returncode, 6)
        self.assertRegex(result.stderr,
                         r"^--assert 'loss < 0.001': does not hold; best trial \d: loss 0\.\d+\n$")

    def test_an_assertion_that_cannot_be_read_is_exit_2(self):
        self.spec()
        self.assertEqual(self.tune("--assert", "loss <").returncode, 2)
        self.assertFalse(os.path.exists(self.path("study.db")))


class Interrupts(StudyFolder):
    WAITS = {"command": "echo '{{\"loss\": 1}}'; touch started; while ! test -e go; do sleep 0.02; done"}

    def test_the_first_ctrl_c_lets_running_trials_end(self):
        self.spec(trial=self.WAITS)
        process = self.start_autoglm("tune", "study.json")
        wait_until(lambda: os.path.exists(self.path("started")))
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        self.assertIsNone(process.poll())
        self.write("go", "")
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        report = self.report()
        self.assertEqual([trial["state"] for trial in report["trials"]], ["complete"])
        self.assertEqual(len(self.tuned()["trials"]), 4)

    def test_the_second_ctrl_c_kills_them_and_they_run_again(self):
        self.spec(trial=self.WAITS)
        process = self.start_autoglm("tune", "study.json")
        wait_until(lambda: os.path.exists(self.path("started")))
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        before = self.report()["trials"]
        self.assertEqual([trial["state"] for trial in before], ["waiting"])
        self.write("go", "")
        after = self.tuned()["trials"]
        self.assertEqual([trial["state"] for trial in after], ["complete"] * 4)
        self.assertEqual(after[0]["params"], before[0]["params"])
        self.assertEqual(after[0]["seed"], before[0]["seed"])

    def test_sigterm_and_sighup_end_what_runs(self):
        for number, status in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            self.spec(name=f"s{status}", trial=self.WAITS)
            process = self.start_autoglm("tune", "study.json")
            wait_until(lambda: os.path.exists(self.path("started")))
            process.send_signal(number)
            process.communicate(timeout=30)
            self.assertEqual(process.returncode, status)
            self.assertEqual(self.report(f"s{status}.db")["counts"]["waiting"], 1)
            os.remove(self.path("started"))

    def test_a_study_that_is_held_is_refused_with_its_holder(self):
        self.spec(trial=self.WAITS)
        process = self.start_autoglm("tune", "study.json")
        wait_until(lambda: os.path.exists(self.path("started")))
        result = self.tune()
        self.assertEqual(result.returncode, 7)
        self.assertIn(f'study "study" is being run by process {process.pid}', result.stderr)
        self.assertEqual(self.report()["counts"]["running"], 1)
        self.write("go", "")
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)

    def test_after_kill_9_the_study_goes_on_and_no_process_is_left(self):
        self.spec(trial=self.WAITS)
        process = self.start_autoglm("tune", "study.json", "--parallel", "2")
        wait_until(lambda: os.path.exists(self.path("started")))
        process.kill()
        process.wait()
        wait_until(lambda: not processes_with(self.path("study.trials")), 2.5)
        self.write("go", "")
        report = self.tuned()
        self.assertEqual(report["counts"]["complete"], 4)
        self.assertEqual([trial["number"] for trial in report["trials"]], [0, 1, 2, 3])
        with sqlite3.connect(self.path("study.db")) as connection:
            self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        self.assertFalse(os.path.exists(self.path("study.db-wal")))


def processes_with(marker):
    """Process ids whose environment names `marker`."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as environment:
                if marker.encode() in environment.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


class Trials(StudyFolder):
    def test_a_failed_attempt_is_repeated_with_the_same_number_and_seed(self):
        self.spec(max_trials=1, trial={
            "command": "echo $AUTOGLM_SEED >> seeds; test -e once || {{ touch once; exit 1; }}; echo '{{\"loss\": 1}}'",
            "retries": 1})
        report = self.tuned()
        self.assertEqual((report["trials"][0]["state"], report["trials"][0]["attempts"]), ("complete", 2))
        seeds = (self.folder / "seeds").read_text().split()
        self.assertEqual(seeds, [str(report["trials"][0]["seed"])] * 2)

    def test_75_means_try_me_again_at_no_cost(self):
        self.spec(max_trials=1, trial={
            "command": "test -e once || {{ touch once; exit 75; }}; echo '{{\"loss\": 1}}'"})
        self.assertEqual(self.tuned()["trials"][0]["attempts"], 2)

    def test_75_for_ever_fails_after_ten_attempts(self):
        self.spec(max_trials=1, trial={"command": "exit 75"})
        self.assertEqual(self.tune().returncode, 3)
        trial = self.report()["trials"][0]
        self.assertEqual((trial["state"], trial["attempts"]), ("failed", 10))

    def test_seeds_runs_a_configuration_several_times_and_takes_the_mean(self):
        self.spec(max_trials=1, trial={
            "command": "echo $AUTOGLM_SEED >> seeds; echo \"{{\\\"loss\\\": $AUTOGLM_REPEAT}}\"", "seeds": 3})
        report = self.tuned()
        self.assertEqual((report["trials"][0]["value"], report["trials"][0]["attempts"]), (1.0, 3))
        self.assertEqual(len(set((self.folder / "seeds").read_text().split())), 3)

    def test_a_trial_over_its_time_fails_with_that_reason(self):
        self.spec(max_trials=1, trial={"command": "sleep 60", "timeout": "0.2s"})
        self.assertEqual(self.tune().returncode, 3)
        self.assertEqual(self.report()["trials"][0]["reason"], "timeout: longer than 0.2s")

    def test_arguments_of_inactive_parameters_are_left_out(self):
        self.spec(
            searcher="grid", max_trials=2,
            parameters={"opt": {"type": "categorical", "choices": ["adam", "sgd"]},
                        "mom": {"type": "constant", "value": 0.9, "when": "opt == 'sgd'"}},
            trial={"command": ["sh", "-c", "echo \"$*\" >> args; echo '{{\"loss\": 1}}'", "sh", "{opt}",
                               ["--momentum", "{mom}"], "mom={mom}", "{{}}"]})
        report = self.tuned()
        self.assertEqual((self.folder / "args").read_text(),
                         "adam {}\nsgd --momentum 0.9 mom=0.9 {}\n")
        self.assertEqual(params(report), [{"opt": "adam"}, {"opt": "sgd", "mom": 0.9}])

    def test_the_environment_of_a_trial(self):
        self.spec(max_trials=1, parameters={"learn-rate": {"type": "constant", "value": 0.5}}, trial={
            "command": "env > environment; cat > input; pwd > cwd; echo '{{\"loss\": 1}}'",
            "env": {"MINE": "{learn-rate}/{trial.number}"}})
        result = self.tune(environment={"AUTOGLM_TRIALS": "1", "AUTOGLM_PARAM_OLD": "1"})
        self.assertEqual(result.returncode, 0, result.stderr)
        environment = dict(line.split("=", 1) for line in
                           (self.folder / "environment").read_text().splitlines() if "=" in line)
        trial_dir = str((self.folder / "study.trials/0/1").resolve())
        self.assertEqual(environment["AUTOGLM_PARAM_LEARN_RATE"], "0.5")
        self.assertEqual(environment["AUTOGLM_TRIAL"], "0")
        self.assertEqual(environment["AUTOGLM_TRIAL_DIR"], trial_dir)
        self.assertEqual(environment["MINE"], "0.5/0")
        self.assertEqual(json.loads(pathlib.Path(environment["AUTOGLM_PARAMS"]).read_text()), {"learn-rate": 0.5})
        self.assertNotIn("AUTOGLM_TRIALS", environment)
        self.assertNotIn("AUTOGLM_PARAM_OLD", environment)
        self.assertTrue(environment["PATH"].endswith(os.path.dirname(os.path.realpath(PROGRAM))))
        self.assertEqual((self.folder / "cwd").read_text().strip(), str(self.folder.resolve()))
        self.assertEqual((self.folder / "input").read_text(), "")

    def test_metrics_come_back_by_every_way(self):
        ways = {
            "log": "autoglm log loss=2.5 --step 4",
            "file": "echo '{{\"step\": 4, \"loss\": 2.5}}' >> $AUTOGLM_METRICS",
            "file without newline": "printf '{{\"step\": 4, \"loss\": 2.5}}' >> $AUTOGLM_METRICS",
            "stdout": "echo '{{\"step\": 4, \"loss\": 2.5}}'",
            "stdout after a tag": "echo 'INFO [train]: {{\"step\": 4, \"loss\": 2.5}}'",
            "capture": "echo 'epoch 4: loss=2.5' >&2",
        }
        for number, (way, command) in enumerate(ways.items()):
            with self.subTest(way):
                self.spec(name=f"way{number}", max_trials=1, trial={
                    "command": command,
                    "capture": [r"epoch (?P<step>\d+): loss=(?P<loss>[0-9.]+)"]})
                result = self.tune()
                self.assertEqual(result.returncode, 0, result.stderr)
                trial = self.report(f"way{number}.db")["trials"][0]
                self.assertEqual((trial["value"], trial["intermediate"]), (2.5, {"4": 2.5}))

    def test_a_trial_that_reports_nothing_fails_and_says_so(self):
        self.spec(max_trials=1, trial={"command": "echo '{{\"lss\": 1}}'"})
        self.assertEqual(self.tune().returncode, 3)
        self.assertIn('"loss"', self.report()["trials"][0]["reason"])
        self.assertIn("lss", self.report()["trials"][0]["reason"])

    def test_several_metrics_end_in_a_front(self):
        self.spec(metric=[{"name": "loss", "goal": "minimize"}, {"name": "size", "goal": "minimize"}],
                  trial={"command": "echo \"{{\\\"loss\\\": $AUTOGLM_TRIAL, \\\"size\\\": -$AUTOGLM_TRIAL}}\""})
        report = self.tuned()
        self.assertIsNone(report["best"])
        self.assertEqual(report["directions"], ["minimize", "minimize"])
        self.assertEqual(len(report["pareto"]), 4)

    def test_a_metric_may_be_an_expression(self):
        self.spec(max_trials=1, metric={"name": "score", "goal": "maximize", "value": "0.5 * f1 + 1 / ms"},
                  trial={"command": "echo '{{\"f1\": 0.5, \"ms\": 4}}'"})
        self.assertEqual(self.tuned()["best"]["value"], 0.5)


class EarlyStopping(StudyFolder):
    SLOW = r"""
    for step in 1 2 3 4 5 6 7 8 9; do
      echo "{{\"step\": $step, \"loss\": $1}}"; test $step = 9 || sleep 0.05
    done"""

    def test_bad_trials_are_stopped_and_are_no_failure(self):
        for rule in ({"type": "asha", "min_steps": 1, "max_steps": 9, "reduction": 3},
                     {"type": "median", "min_trials": 2}):
            self.spec(name=rule["type"], max_trials=12, early_stopping=rule,
                      trial={"command": ["sh", "-c", self.SLOW, "sh", "{x}"]})
            result = self.tune()
            self.assertEqual(result.returncode, 0, result.stderr)
            report = self.report(f"{rule['type']}.db")
            pruned = [trial for trial in report["trials"] if trial["state"] == "pruned"]
            self.assertGreater(len(pruned), 0)
            for trial in pruned:
                self.assertLess(max(map(int, trial["intermediate"])), 9)
                self.assertTrue(trial["reason"])
                self.assertGreaterEqual(trial["value"], report["best"]["value"])

    def test_log_tells_a_script_to_stop(self):
        self.spec(max_trials=6, early_stopping={"type": "median", "min_trials": 1}, trial={
            "command": "for i in 1 2 3 4 5; do autoglm log loss=$AUTOGLM_TRIAL --step $i; s=$?; "
                       "echo $s >> said-$AUTOGLM_TRIAL; test $s = 0 || exit 0; done"})
        report = self.tuned()
        self.assertEqual([trial["state"] for trial in report["trials"]], ["complete"] + ["pruned"] * 5)
        self.assertEqual((self.folder / "said-0").read_text().split(), ["0"] * 5)
        self.assertEqual((self.folder / "said-3").read_text().split()[-1], "10")


class ChangedSpecs(StudyFolder):
    def test_what_changed_is_shown_and_goes_on(self):
        self.spec()
        self.tuned()
        self.spec(max_trials=5, parameters={"x": {"type": "uniform", "low": 0, "high": 2}})
        result = self.tune()
        self.assertEqual(result.returncode, 0)
        self.assertEqual(sorted(result.stderr.splitlines()),
                         ["max_trials: 4 → 5", "parameters.x.max: 1 → 2"])
        self.assertEqual(len(self.report()["trials"]), 5)

    def test_what_cannot_change_is_refused(self):
        self.spec()
        self.tuned()
        for change in ({"metric": {"name": "loss", "goal": "maximize"}},
                       {"parameters": {"x": {"type": "log_uniform", "min": 0.1, "max": 1}}},
                       {"parameters": {"x": {"type": "uniform", "min": 0, "max": 1},
                                       "y": {"type": "int", "min": 1, "max": 2}}}):
            self.spec(**change)
            result = self.tune("--more", "1")
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn("cannot", result.stderr)
            self.assertEqual(len(self.report()["trials"]), 4)

    def test_new_study_begins_another_one_in_the_same_file(self):
        self.spec()
        self.tuned()
        self.assertEqual(self.tune("--new-study").returncode, 0)
        result = self.run_autoglm("report", "study.db")
        self.assertEqual(result.returncode, 2)
        self.assertIn("study-2", result.stderr)
        self.assertEqual(len(self.report("study.db", "--study-name", "study-2")["trials"]), 4)

    def test_another_seed_is_refused_unless_the_study_is_empty(self):
        self.spec(seed=None)
        first = self.tuned("--seed", "5")
        self.assertEqual(self.tune("--seed", "6", "--more", "1").returncode, 2)
        self.assertEqual(self.tune("--seed", "5", "--more", "1").returncode, 0)
        os.remove(self.path("study.db"))
        self.assertEqual(params(self.tuned("--seed", "5")), params(first))

    def test_set_overrides_any_key(self):
        self.spec()
        report = self.tuned("--set", "max_trials=2", "--set", "parameters.x.min=0.9")
        self.assertEqual(len(report["trials"]), 2)
        self.assertGreaterEqual(min(p["x"] for p in params(report)), 0.9)

    def test_a_mistake_in_set_is_placed_there(self):
        self.spec()
        result = self.tune("--set", "max_trials=0")
        self.assertEqual(result.returncode, 2)
        self.assertTrue(result.stderr.startswith("--set max_trials=0: /max_trials: "), result.stderr)


class Streams(StudyFolder):
    def test_json_prints_events_only(self):
        self.spec(max_trials=2)
        result = self.tune("--json")
        events = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual({event["schema_version"] for event in events}, {1})
        names = [event["event"] for event in events]
        self.assertEqual((names[0], names[-1]), ("study_started", "study_finished"))
        self.assertEqual([names.count(n) for n in ("trial_started", "report", "trial_finished")], [2, 6, 2])
        self.assertEqual(events[-1]["exit"], 0)
        self.assertEqual(events[-1]["best"]["value"], self.report()["best"]["value"])

    def test_output_that_is_piped_has_no_escape_codes(self):
        self.spec()
        result = self.run_autoglm("tune", "study.json")
        self.assertNotIn("\x1b", result.stdout + result.stderr)
        self.assertNotIn("\r", result.stdout + result.stderr)

    def test_a_reader_that_goes_away_changes_nothing(self):
        self.spec()
        process = subprocess.Popen([PROGRAM, "tune", "study.json", "--json"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(self.report()["counts"]["complete"], 4)

    def with_full(self, stream, *words):
        """Runs the program with one of its two streams on a full disk."""
        with open("/dev/full", "w") as full:
            streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: full}
            return subprocess.run([PROGRAM, *words], cwd=self.folder, text=True, **streams)

    def test_a_study_that_may_not_grow_is_exit_7(self):
        self.spec()
        process = subprocess.run(["sh", "-c", 'ulimit -f 20; exec "$0" tune study.json', PROGRAM],
                                 cwd=self.folder, capture_output=True, text=True,
                                 env=clean_environment())
        self.assertEqual(process.returncode, 7, process.stderr)
        self.assertIn("study.db: cannot be read or written (File too large); check the disk",
                      process.stderr)

    def test_a_full_standard_output_is_exit_1(self):
        self.spec()
        process = self.with_full("stdout", "tune", "study.json")
        self.assertEqual(process.returncode, 1)
        self.assertIn("standard output: cannot be written", process.stderr)
        self.assertEqual(self.report()["counts"]["complete"], 4)

    def test_standard_error_that_cannot_be_written_ends_nothing(self):
        self.spec()
        process = self.with_full("stderr", "tune", "study.json")
        self.assertEqual(process.returncode, 0)
        self.assertIn("best trial", process.stdout)
        for status, words in ((2, ["report", "nope.db"]), (2, ["reprot"]),
                              (6, ["report", "study.db", "--assert", "loss < -1e9"])):
            self.assertEqual(self.with_full("stderr", *words).returncode, status, words)
        self.assertEqual(self.report()["counts"]["complete"], 4)

    def test_where_not_all_of_a_reason_fits_it_is_the_last_line_that_is_told(self):
        lines = "; ".join(f"echo {word * 30} >&2" for word in ("first", "second"))
        self.spec(max_trials=1, trial={"command": f"{lines}; echo 'no such file' >&2; exit 1"})
        told = self.run_autoglm("tune", "study.json", "--progress", "plain").stderr
        self.assertIn("trial 0 failed (exit status 1: … | no such file)", told)
        self.assertIn("  exit status 1: … | no such file\n",
                      self.run_autoglm("explain", "study.db", "0").stdout)

    def test_a_reader_of_standard_error_that_goes_away_changes_nothing(self):
        self.spec()
        process = subprocess.Popen([PROGRAM, "tune", "study.json", "--progress", "plain"],
                                   cwd=self.folder, stderr=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL)
        process.stderr.readline()
        process.stderr.close()
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(self.report()["counts"]["complete"], 4)

    def test_a_terminal_that_closes_is_a_hang_up(self):
        self.spec(max_trials=50)
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execv(PROGRAM, [PROGRAM, "tune", "study.json"])
        wait_until((self.folder / "study.trials/2").exists)
        os.close(terminal)
        _, status = os.waitpid(child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 129)
        self.assertEqual(self.report()["counts"]["running"], 0)


class Files(StudyFolder):
    def test_a_database_of_something_else_is_left_alone(self):
        with sqlite3.connect(self.path("study.db")) as connection:
            connection.execute("CREATE TABLE mine (x)")
        before = (self.folder / "study.db").read_bytes()
        self.spec()
        self.assertEqual(self.tune().returncode, 7)
        self.assertEqual((self.folder / "study.db").read_bytes(), before)

    def test_a_file_that_is_no_database_is_left_alone(self):
        self.write("study.db", "these are my notes, not a study\n" * 100)
        self.spec()
        result = self.tune()
        self.assertEqual(result.returncode, 7)
        self.assertIn("study.db", result.stderr)

    def test_an_empty_file_is_a_new_study(self):
        self.write("study.db", "")
        self.spec()
        self.assertEqual(len(self.tuned()["trials"]), 4)

    def test_a_missing_folder_is_not_made(self):
        self.spec()
        result = self.tune("--study", "nowhere/study.db")
        self.assertEqual(result.returncode, 2)
        self.assertIn("nowhere", result.stderr)
        self.assertFalse(os.path.exists(self.path("nowhere")))

    def test_a_mistyped_command_gets_a_suggestion(self):
        result = self.run_autoglm("tnue", "study.json")
        self.assertEqual((result.returncode, result.stderr),
                         (2, 'autoglm: no command is called "tnue"; did you mean "tune"?\n'))

    def test_a_mistyped_flag_gets_a_suggestion(self):
        self.spec()
        result = self.run_autoglm("tune", "study.json", "--paralel", "2")
        self.assertEqual((result.returncode, result.stderr),
                         (2, 'autoglm tune: unknown argument "--paralel"; did you mean "--parallel"?\n'))

    def test_environment_variables_mirror_flags_and_flags_win(self):
        self.spec()
        self.assertEqual(self.tune(environment={"AUTOGLM_TRIALS": "2"}).returncode, 0)
        self.assertEqual(len(self.report()["trials"]), 2)
        self.assertEqual(self.tune("--trials", "3", environment={"AUTOGLM_TRIALS": "9"}).returncode, 0)
        self.assertEqual(len(self.report()["trials"]), 3)


if __name__ == "__main__":
    main()
