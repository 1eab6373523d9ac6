"""What `autoglm stdio` promises, shown by talking with the real program."""

import json
import os
import resource
import signal
import sqlite3
import subprocess

from study_folder import PROGRAM, StudyFolder, clean_environment, main


class Talk:
    """A conversation: call it with a request, get the answer. Its study is study.db."""

    def __init__(self, folder, *arguments, study="study.db", **popen):
        self.process = subprocess.Popen(
            [PROGRAM, "stdio", "study.json", "--study", study, *arguments], cwd=folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=clean_environment(), **popen)

    def __call__(self, request):
        self.send(request)
        return self.receive()

    def send(self, request):
        line = request if isinstance(request, str) else json.dumps(request)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def receive(self):
        return json.loads(self.process.stdout.readline())

    def ask(self):
        return self({"ask": 1})["trials"][0]

    def tell(self, trial, value):
        return self({"tell": {"trial": trial, "value": value}})

    def end(self):
        """Closes its input; what it still says, what it complains of, and its exit status."""
        out, err = self.process.communicate(timeout=60)
        return out, err, self.process.returncode


class StdioTest(StudyFolder):
    def setUp(self):
        super().setUp()
        self.spec(trial=None, max_trials=10)

    def talk(self, *arguments, **options):
        talk = Talk(self.folder, *arguments, **options)
        self.addCleanup(lambda: (talk.process.poll() is None and talk.process.kill(),
                                 talk.process.communicate()))
        return talk

    def states(self):
        return [trial["state"] for trial in self.report()["trials"]]

    def error_code(self, answer):
        return answer["error"]["code"]


class Conversation(StdioTest):
    def test_what_is_told_is_the_study(self):
        talk = self.talk()
        first, second = talk({"ask": 2})["trials"]
        self.assertEqual([first["trial"], second["trial"]], [0, 1])
        self.assertEqual(talk.tell(0, 0.5), {"trial": 0, "state": "complete",
                                             "best": {"trial": 0, "value": 0.5}})
        talk({"tell": {"trial": 1, "state": "infeasible", "reason": "too big",
                       "duration_s": 3, "user_attrs": {"host": "a"}}})
        self.assertEqual(talk.end(), ("", "", 0))
        report = self.report()
        self.assertEqual(self.states(), ["complete", "infeasible"])
        self.assertEqual(report["best"]["params"], first["params"])
        told = report["trials"][1]
        self.assertEqual((told["reason"], told["duration_s"], told["user_attrs"], told["attempts"]),
                         ("too big", 3.0, {"host": "a"}, 1))
        self.assertEqual(told["seed"], second["seed"])

    def test_many_lines_at_once_are_answered_in_order(self):
        self.spec(trial=None, max_trials=1000)
        lines = "".join(f'{{"ask": 1}}\n{{"tell": {{"trial": {i}, "value": {i}}}}}\n'
                        for i in range(500))
        result = subprocess.run([PROGRAM, "stdio", "study.json"], cwd=self.folder, input=lines,
                                capture_output=True, text=True, timeout=120,
                                env=clean_environment())
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([a["trials"][0]["trial"] for a in answers[::2]], list(range(500)))
        self.assertEqual([a["trial"] for a in answers[1::2]], list(range(500)))
        self.assertEqual(self.report()["counts"]["complete"], 500)

    def test_the_same_seed_asks_the_same_questions(self):
        asked = [self.talk("--seed", "5", study=":memory:")({"ask": 8})["trials"] for _ in range(2)]
        self.assertEqual(asked[0], asked[1])
        other = self.talk("--seed", "6", study=":memory:")({"ask": 8})["trials"]
        self.assertNotEqual(asked[0], other)

    def test_overrides_reach_the_study(self):
        talk = self.talk("--set", "max_trials=1", "--searcher", "sobol", study=":memory:")
        self.assertEqual(talk({"ask": 2})["done"], "max_trials")
        self.assertEqual(talk({"explain": 0})["explain"]["searcher"], "sobol")

    def test_a_choice_is_explained_by_what_it_was_made_with(self):
        self.spec(trial=None, max_trials=10, searcher={"type": "policy_gradient"})

        def explain(*options):
            talk = self.talk(*options)
            details = talk({"explain": 6})["explain"]["details"]
            talk.end()
            return details

        talk = self.talk()
        for trial in range(8):
            talk.tell(talk.ask()["trial"], (trial - 3) ** 2)
        talk.end()
        before = explain()
        self.assertEqual(before["chosen_with"]["max_trials"], 10)
        self.assertEqual(before["state"]["progress"], 0.6)
        self.assertEqual(explain("--set", "max_trials=500", "--set", "searcher.rule=reinforce"),
                         before)
        self.assertEqual(explain("--searcher", "random"), {
            "unconfirmed": "the study goes on with random; open it with --searcher policy_gradient "
                           "to derive the choice"})

    def test_memory_leaves_nothing_behind(self):
        talk = self.talk(study=":memory:")
        talk.tell(talk.ask()["trial"], 1)
        talk.end()
        self.assertEqual(os.listdir(self.folder), ["study.json"])

    def test_wrong_lines_are_answered_and_change_nothing(self):
        talk = self.talk()
        talk({"ask": 2})
        talk.tell(1, 1)
        for line, code in [
                ("nonsense", "bad_json"),
                ("", "bad_json"),
                ('{"ask": 1, "ask": 1}', "bad_json"),
                ('{"ask": 1}' + " " * 2**20, "bad_json"),
                ('{"ask": 1, "status": true}', "bad_request"),
                ('{"ask": 10001}', "bad_request"),
                ('{"tell": {"trial": 7, "value": 1}}', "unknown_trial"),
                ('{"tell": {"trial": 1, "value": 1}}', "finished_trial"),
                ('{"tell": {"trial": 0, "value": "1"}}', "bad_value"),
                ('{"tell": {"trial": 0, "value": 1e999}}', "bad_value"),
                ('{"tell": {"trial": 0, "value": 1, "state": "failed"}}', "bad_value"),
                ('{"enqueue": {"x": 2}}', "bad_params")]:
            with self.subTest(line=line[:60]):
                self.assertEqual(self.error_code(talk(line)), code)
        self.assertEqual(talk.tell(0, 2)["state"], "complete")
        talk.end()
        self.assertEqual(self.states(), ["complete", "complete"])


class Ending(StdioTest):
    def test_trials_not_told_are_offered_first_with_the_same_parameters(self):
        talk = self.talk()
        asked = talk({"ask": 3})["trials"]
        talk.tell(1, 1)
        talk.end()
        self.assertEqual(self.states(), ["waiting", "complete", "waiting"])
        again = self.talk()({"ask": 3})["trials"]
        self.assertEqual(again[:2], [asked[0], asked[2]])
        self.assertEqual(again[2]["trial"], 3)

    def test_what_was_told_survives_kill_9_and_the_rest_is_offered_again(self):
        talk = self.talk()
        asked = talk({"ask": 2})["trials"]
        talk.tell(0, 0.25)
        talk.process.kill()
        talk.process.wait()
        self.assertEqual(self.report()["best"]["value"], 0.25)
        self.assertEqual(self.talk().ask(), asked[1])

    def test_signals_end_it_cleanly(self):
        for number, status in [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]:
            with self.subTest(signal=number):
                talk = self.talk()
                talk.ask()
                talk.process.send_signal(number)
                self.assertEqual(talk.end(), ("", "", status))
                self.assertEqual(self.states(), ["waiting"])

    def test_a_reader_that_goes_away_ends_it_quietly(self):
        talk = self.talk()
        talk.ask()
        talk.process.stdout.close()
        talk.send({"status": True})
        self.assertEqual(talk.process.wait(60), 0)
        self.assertEqual(talk.process.stderr.read(), "")
        self.assertEqual(self.states(), ["waiting"])

    def test_an_output_that_cannot_be_written_is_exit_1(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([PROGRAM, "stdio", "study.json"], cwd=self.folder, text=True,
                                    input='{"ask": 1}\n', stdout=full, stderr=subprocess.PIPE,
                                    env=clean_environment())
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr,
                         "standard output: cannot be written: No space left on device\n")
        self.assertEqual(self.states(), ["waiting"])


class Storage(StdioTest):
    def test_a_study_that_is_held_is_refused_by_name_and_can_be_reported(self):
        talk = self.talk()
        talk.ask()
        second = self.run_autoglm("stdio", "study.json")
        self.assertEqual(second.returncode, 7)
        self.assertIn(f"process {talk.process.pid}", second.stderr)
        self.assertEqual(self.states(), ["running"])

    def test_mistakes_end_it_before_the_first_line(self):
        self.spec(trial=None, searcher="tep")
        result = self.run_autoglm("stdio", "study.json")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn('/searcher: no searcher is called "tep"', result.stderr)
        self.assertEqual(os.listdir(self.folder), ["study.json"])

    def test_a_file_that_is_no_study_is_refused(self):
        self.write("study.db", "no database at all, but long enough to look at" * 20)
        result = self.run_autoglm("stdio", "study.json")
        self.assertEqual((result.returncode, result.stdout), (7, ""))

    def test_trials_that_optuna_enqueued_are_given_out(self):
        talk = self.talk()
        talk.tell(talk.ask()["trial"], 1)
        with sqlite3.connect(self.path("study.db"), timeout=60) as other:
            other.execute("INSERT INTO trials (number, study_id, state) "
                          "SELECT 1, study_id, 'WAITING' FROM studies")
            other.execute("INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) "
                          "SELECT trial_id, 'fixed_params', '{\"x\": 0.75}' FROM trials "
                          "WHERE number = 1")
        other.close()
        asked = talk.ask()
        self.assertEqual((asked["trial"], asked["params"]), (1, {"x": 0.75}))

    def test_a_full_disk_is_an_answer_and_the_line_may_be_sent_again(self):
        talk = self.talk(preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
        talk.ask()
        unlimited = resource.prlimit(talk.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(talk.process.pid, resource.RLIMIT_FSIZE, (1, unlimited[1]))
        self.assertEqual(self.error_code(talk.tell(0, 0.5)), "storage")
        self.assertEqual(self.error_code(talk({"ask": 1})), "storage")
        resource.prlimit(talk.process.pid, resource.RLIMIT_FSIZE, unlimited)
        self.assertEqual(talk.tell(0, 0.5)["state"], "complete")
        self.assertEqual(talk.ask()["trial"], 1)
        self.assertEqual(talk.end(), ("", "", 0))
        self.assertEqual(self.states(), ["complete", "waiting"])


if __name__ == "__main__":
    main()
