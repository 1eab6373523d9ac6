"""What `autoglm ask`, `tell` and `enqueue` promise to scripts that run trials themselves."""

import concurrent.futures
import json
import os
import signal
import sqlite3
import subprocess
import time

from study_folder import PROGRAM, StudyFolder, clean_environment, main

# A trial that lasts until the file `go` is there.
WAITS = """
while ! [ -e go ]; do sleep 0.02; done
echo '{{"loss": 1}}'
"""


class AskTest(StudyFolder):
    def setUp(self):
        super().setUp()
        self.spec(trial=None, max_trials=10)

    def ask(self, *arguments):
        result = self.run_autoglm("ask", "study.json", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def tell(self, *arguments, status=0):
        result = self.run_autoglm("tell", "study.db", *map(str, arguments))
        self.assertEqual(result.returncode, status, result.stderr)
        return result.stderr if status not in (0, 10) else json.loads(result.stdout)

    def enqueue(self, configuration):
        result = self.run_autoglm("enqueue", "study.db", configuration)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["enqueued"]["trial"]

    def trials(self):
        return self.report()["trials"]

    def states(self):
        return [trial["state"] for trial in self.trials()]


class Asking(AskTest):
    def test_a_suggestion_is_what_the_conversation_would_have_given(self):
        talk = subprocess.run([PROGRAM, "stdio", "study.json", "--study", ":memory:"],
                              input='{"ask": 2}\n', cwd=self.folder, capture_output=True, text=True,
                              env=clean_environment())
        first, second = json.loads(talk.stdout)["trials"]
        self.assertEqual(self.ask(), [first])
        self.assertEqual(self.ask(), [second])
        self.assertEqual(self.states(), ["running", "running"])
        self.assertEqual([t["seed"] for t in self.trials()], [first["seed"], second["seed"]])

    def test_several_at_once_come_a_line_each(self):
        self.assertEqual([line["trial"] for line in self.ask("--count", "3")], [0, 1, 2])

    def test_with_the_budget_spent_it_prints_nothing_and_exits_0(self):
        self.spec(trial=None, max_trials=2)
        self.assertEqual(len(self.ask("--count", "5")), 2)
        self.assertEqual(self.ask(), [])

    def test_with_nothing_left_to_give_it_prints_nothing_and_exits_5(self):
        self.spec(trial=None, max_trials=10,
                  parameters={"x": {"type": "categorical", "choices": ["a", "b"]}})
        self.assertEqual(len(self.ask("--count", "2")), 2)
        result = self.run_autoglm("ask", "study.json")
        self.assertEqual((result.returncode, result.stdout), (5, ""))
        self.assertEqual(result.stderr, "study.db: nothing to give out: space_exhausted\n")

    def test_failures_end_it_only_where_the_spec_limits_them(self):
        self.spec(trial=None, max_trials=20)
        for trial in range(4):
            self.ask()
            self.tell(trial, "--state", "failed", "--reason", "boom")
        self.assertEqual(len(self.ask()), 1)
        self.spec(trial=None, max_trials=20, max_failures=4)
        result = self.run_autoglm("ask", "study.json")
        self.assertEqual((result.returncode, result.stdout), (4, ""))

    def test_a_target_that_was_told_ends_it(self):
        self.spec(trial=None, max_trials=20,
                  metric={"name": "loss", "goal": "minimize", "target": 0.1})
        self.ask()
        self.tell(0, 0.05)
        self.assertEqual(self.ask(), [])

    def test_hundreds_at_once_each_get_another_trial(self):
        self.spec(trial=None, max_trials=300)
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            asked = list(pool.map(lambda _: self.ask()[0], range(120)))
        self.assertEqual(sorted(line["trial"] for line in asked), list(range(120)))
        self.assertEqual(len({line["params"]["x"] for line in asked}), 120)

    def test_a_study_that_a_live_process_holds_is_refused_by_name(self):
        talk = subprocess.Popen([PROGRAM, "stdio", "study.json"], cwd=self.folder, text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                env=clean_environment())
        self.addCleanup(talk.communicate)
        talk.stdin.write('{"status": true}\n')
        talk.stdin.flush()
        talk.stdout.readline()
        result = self.run_autoglm("ask", "study.json")
        self.assertEqual((result.returncode, result.stdout), (7, ""))
        self.assertIn(f'study "study" is being run by process {talk.pid} (stdio, since ',
                      result.stderr)

    def test_an_answer_that_nobody_reads_gives_nothing_out(self):
        read, write = os.pipe()
        os.close(read)
        result = subprocess.run([PROGRAM, "ask", "study.json"], cwd=self.folder, stdout=write,
                                stderr=subprocess.PIPE, text=True, env=clean_environment())
        os.close(write)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(self.states(), ["waiting"])
        with open("/dev/full", "w") as full:
            result = subprocess.run([PROGRAM, "ask", "study.json"], cwd=self.folder, stdout=full,
                                    stderr=subprocess.PIPE, text=True, env=clean_environment())
        self.assertEqual(result.returncode, 1)
        self.assertEqual(self.states(), ["waiting"])

    def test_memory_is_no_place_to_ask(self):
        result = self.run_autoglm("ask", "study.json", "--study", ":memory:")
        self.assertEqual(result.returncode, 2)

    def test_it_leaves_one_file_behind(self):
        self.ask()
        self.assertEqual(sorted(os.listdir(self.folder)), ["study.db", "study.json"])


class Leases(AskTest):
    def expire(self):
        with sqlite3.connect(self.path("study.db")) as file:
            file.execute("UPDATE autoglm_lease SET until = 1")
        file.close()

    def test_a_trial_whose_lease_is_over_is_given_out_again(self):
        first = self.ask("--lease", "1h")
        self.assertEqual(self.ask()[0]["trial"], 1)
        self.expire()
        self.assertEqual(self.ask(), first)
        self.expire()
        self.assertEqual(self.ask()[0]["trial"], 2)  # the second time it was asked without a lease

    def test_what_was_reported_before_the_lease_ended_is_forgotten(self):
        self.ask("--lease", "1h")
        self.tell(0, 0.5, "--step", 1)
        self.expire()
        self.ask()
        self.assertEqual(self.trials()[0]["intermediate"], {})

    def test_who_tells_late_is_heard_until_another_one_was_given_the_trial(self):
        self.ask("--lease", "1h")
        self.expire()
        self.tell(0, 0.5)
        self.assertEqual(self.ask()[0]["trial"], 1)

    def test_a_lease_that_is_no_duration_is_a_usage_error(self):
        for lease in "soon", "999999999999d":
            with self.subTest(lease):
                result = self.run_autoglm("ask", "study.json", "--lease", lease)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertEqual(result.stderr, f"autoglm ask: --lease {lease}: is not a duration up to "
                                                "36500d; write 90s, 10m, 2h or 1d\n")

    def test_the_longest_lease_ends_in_the_future(self):
        self.ask("--lease", "36500d")
        with sqlite3.connect(self.path("study.db")) as file:
            until, = file.execute("SELECT until FROM autoglm_lease").fetchone()
        file.close()
        self.assertAlmostEqual(until / 1e9, time.time() + 36500 * 86400, delta=3600)


class Telling(AskTest):
    def test_what_is_told_is_the_study(self):
        self.ask("--count", "6")
        self.assertEqual(self.tell(0, 0.25), {"trial": 0, "state": "complete"})
        self.tell(1, "--values", '{"loss": 0.125}')
        self.tell(2, "--state", "failed", "--reason", "out of memory")
        self.tell(3, "--state", "infeasible")
        self.tell(4, -1.5, "--state", "pruned")
        self.tell(5, "--state", "abandoned")
        report = self.report()
        self.assertEqual([t["state"] for t in report["trials"]],
                         ["complete", "complete", "failed", "infeasible", "pruned", "abandoned"])
        self.assertEqual((report["best"]["number"], report["best"]["value"]), (1, 0.125))
        self.assertEqual(report["trials"][2]["reason"], "out of memory")
        self.assertEqual(report["trials"][4]["value"], -1.5)

    def test_the_next_suggestion_knows_what_was_told(self):
        self.spec(trial=None, max_trials=30, searcher="gp")
        talk = subprocess.Popen([PROGRAM, "stdio", "study.json", "--study", ":memory:"],
                                cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                text=True, env=clean_environment())
        self.addCleanup(talk.communicate)

        def say(request):
            talk.stdin.write(json.dumps(request) + "\n")
            talk.stdin.flush()
            return json.loads(talk.stdout.readline())

        for trial in range(12):
            asked, = self.ask()
            self.assertEqual([asked], say({"ask": 1})["trials"])
            value = (asked["params"]["x"] - 0.3) ** 2
            self.tell(trial, value)
            say({"tell": {"trial": trial, "value": value}})

    def test_several_metrics_are_told_by_name(self):
        self.spec(trial=None, metric=None, metrics=[{"name": "loss", "goal": "minimize"},
                                                    {"name": "ms", "goal": "minimize"}])
        self.ask()
        self.assertIn("the study has 2 metrics", self.tell(0, 1, status=2))
        self.assertIn('"ms" is missing', self.tell(0, "--values", '{"loss": 1}', status=2))
        self.tell(0, "--values", '{"loss": 0.2, "ms": 7}')
        self.assertEqual(self.report()["pareto"][0]["values"], {"loss": 0.2, "ms": 7})

    def test_a_value_that_is_not_finite_fails_the_trial(self):
        self.ask()
        self.assertEqual(self.tell(0, "nan"), {"trial": 0, "state": "failed"})
        self.assertIn("loss", self.trials()[0]["reason"])

    def test_mistakes_change_nothing(self):
        self.ask("--count", "2")
        self.tell(1, 1)
        self.enqueue("{}")
        for arguments, message in [
                ((7, 1), "study.db: trial 7: the study has trials 0 to 2; see `autoglm report study.db`"),
                ((1, 1), "study.db: trial 1: is complete already"),
                ((2, 1), "study.db: trial 2: is waiting; get it from `autoglm ask` first"),
                ((0,), "autoglm tell: what became of the trial is missing; give its value, --values or "
                       "--state"),
                ((0, "good"), "autoglm tell: good: the value must be a number, nan, inf or -inf"),
                ((0, 1, "--state", "failed"), "autoglm tell: a value goes with complete and pruned only, "
                                              "not with --state failed"),
                ((0, "--state", "finished"), "autoglm tell: --state finished: must be complete, pruned, "
                                             "failed, infeasible or abandoned"),
                ((0, 1, "--values", '{"loss": 1}'), "autoglm tell: a value and --values exclude each "
                                                    "other; give one of them"),
                ((0, "--values", "[1]"), "autoglm tell: --values: must be an object of metric names and "
                                         "numbers, not [1]"),
                ((0, 1, "--step", 1, "--state", "failed"),
                 "autoglm tell: --step is a report in between, which has no --state and no --reason")]:
            with self.subTest(arguments=arguments):
                self.assertEqual(self.tell(*arguments, status=2), message + "\n")
        self.assertEqual(self.states(), ["running", "complete", "waiting"])

    def test_it_works_beside_a_conversation_which_then_knows(self):
        self.ask("--count", "2")
        talk = subprocess.Popen([PROGRAM, "stdio", "study.json"], cwd=self.folder, text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                env=clean_environment())
        self.addCleanup(lambda: talk.poll() is None and talk.communicate())

        def say(request):
            talk.stdin.write(json.dumps(request) + "\n")
            talk.stdin.flush()
            return json.loads(talk.stdout.readline())

        self.assertEqual(say({"status": True})["status"]["counts"]["running"], 2)
        self.tell(0, 0.25)
        self.assertEqual(say({"status": True})["status"]["best"], {"trial": 0, "value": 0.25})
        self.assertEqual(say({"tell": {"trial": 0, "value": 1}})["error"]["code"], "finished_trial")
        own = say({"ask": 1})["trials"][0]["trial"]
        self.tell(own, 0.125)
        self.assertEqual(say({"status": True})["status"]["best"], {"trial": own, "value": 0.125})
        talk.communicate()
        self.assertEqual(self.states(), ["complete", "running", "complete"])


class Reporting(AskTest):
    def setUp(self):
        super().setUp()
        self.spec(trial=None, max_trials=10, early_stopping={"type": "median", "min_trials": 1})

    def test_a_report_is_answered_by_the_exit_status(self):
        self.ask("--count", "3")
        self.assertEqual(self.tell(0, 0.5, "--step", 1), {"trial": 0, "stop": False})
        self.tell(0, 0.25, "--step", 2)
        self.tell(0, "--state", "complete")
        self.assertEqual(self.tell(1, 0.5, "--step", 1)["stop"], False)
        answer = self.tell(1, 0.75, "--step", 2, status=10)
        self.assertTrue(answer["stop"])
        self.assertIn("median", answer["reason"])
        # Told to stop it stays told, whatever comes.
        self.assertEqual(self.tell(1, 0, "--step", 3, status=10), answer)
        self.tell(1, "--state", "pruned")
        trials = self.trials()
        self.assertEqual(trials[0]["value"], 0.25)
        self.assertEqual(trials[1]["intermediate"], {"1": 0.5, "2": 0.75})
        self.assertEqual((trials[1]["state"], trials[1]["value"], trials[1]["reason"]),
                         ("pruned", 0.75, answer["reason"]))

    def test_metrics_beside_the_study_s_own_are_kept(self):
        self.ask()
        self.tell(0, "--values", '{"loss": 0.5, "acc": "nan"}', "--step", 0)
        trial, = self.trials()
        self.assertEqual((trial["intermediate"], trial["metrics"]), ({"0": 0.5}, {"loss": 0.5, "acc": None}))


class Enqueueing(AskTest):
    def test_what_is_enqueued_is_given_out_first_even_beyond_the_budget(self):
        self.spec(trial=None, max_trials=2)
        self.ask("--count", "2")
        self.assertEqual(self.enqueue('{"x": 0.75}'), 2)
        self.assertEqual(self.states(), ["running", "running", "waiting"])
        asked, = self.ask()
        self.assertEqual((asked["trial"], asked["params"]), (2, {"x": 0.75}))
        self.assertNotEqual(asked["seed"], 0)

    def test_the_rest_of_a_part_is_filled_in(self):
        self.spec(trial=None, parameters={"x": {"type": "uniform", "min": 0, "max": 1},
                                          "y": {"type": "uniform", "min": 2, "max": 3}})
        self.ask()
        self.enqueue('{"y": 2.5}')
        asked, = self.ask()
        self.assertEqual(asked["params"]["y"], 2.5)
        self.assertEqual(sorted(asked["params"]), ["x", "y"])

    def test_what_is_no_configuration_is_refused(self):
        self.ask()
        for text, message in [('{"x": 2}', "x"), ('{"z": 1}', "z"), ("[1]", ""), ("nonsense", "")]:
            with self.subTest(text=text):
                result = self.run_autoglm("enqueue", "study.db", text)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertTrue(result.stderr.startswith("autoglm enqueue"), result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1)
                self.assertIn(message, result.stderr)
        self.assertEqual(self.states(), ["running"])


class BesideTune(AskTest):
    def setUp(self):
        super().setUp()
        self.spec(trial={"command": ["sh", "-c", WAITS]}, max_trials=3)

    def running_tune(self):
        process = self.start_autoglm("tune", "study.json", "--json", "--progress", "none")
        for line in process.stdout:
            if json.loads(line)["event"] == "trial_started":
                return process

    def finish(self, process):
        self.write("go", "")
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        return [json.loads(line) for line in out.splitlines()]

    def test_told_and_enqueued_trials_reach_a_tune_that_runs(self):
        asked, = self.ask()
        process = self.running_tune()
        self.assertEqual(self.tell(0, 0.03125), {"trial": 0, "state": "complete"})
        self.assertEqual(self.enqueue('{"x": 0.75}'), 2)
        refused = self.run_autoglm("ask", "study.json")
        self.assertEqual(refused.returncode, 7)
        self.assertIn(f"process {process.pid} (tune, since ", refused.stderr)
        events = self.finish(process)
        self.assertEqual(events[-1]["best"], {"trial": 0, "value": 0.03125})
        trials = self.trials()
        self.assertEqual([t["state"] for t in trials], ["complete"] * 3)
        self.assertEqual(trials[2]["params"], {"x": 0.75})

    def test_what_tune_runs_is_not_told(self):
        process = self.running_tune()
        self.assertEqual(self.tell(0, 1, status=2),
                         "study.db: trial 0: is run by `autoglm tune`, which sees its end itself; let "
                         "it report by `autoglm log`\n")
        self.finish(process)

    def test_a_study_whose_open_trials_run_elsewhere_is_finished_for_tune(self):
        self.ask("--count", "3")
        result = self.tune()
        self.assertEqual(result.returncode, 3)
        self.assertIn("3 trials running elsewhere", result.stderr)
        self.assertEqual(self.states(), ["running"] * 3)


if __name__ == "__main__":
    main()
