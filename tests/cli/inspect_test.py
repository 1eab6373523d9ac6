"""What `explain`, `tail`, `rerun`, `studies` and `db check` promise, asked of the real program."""

import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess

from study_folder import PROGRAM, StudyFolder, clean_environment, main, wait_until

# Values that fall and then stay: the same for each trial of one x.
STEPS = r"""
for step in 1 2 3; do
  awk -v x="{x}" -v s=$step 'BEGIN {{ printf "{{\"step\": %d, \"loss\": %.10f}}\n", s, x + 1 / s }}'
done
echo "trial of {x}" >&2
"""


class InspectTest(StudyFolder):
    def shown(self, *arguments, status=0):
        result = self.run_autoglm(*map(str, arguments))
        self.assertEqual(result.returncode, status, result.stderr)
        return result.stdout

    def explained(self, number):
        return json.loads(self.shown("explain", "study.db", number, "--json"))


class Explaining(InspectTest):
    def test_every_choice_of_a_searcher_is_confirmed_from_the_file(self):
        for searcher in ["random", "sobol", "gp", "policy_gradient"]:
            with self.subTest(searcher=searcher):
                self.spec(name=searcher, searcher=searcher, max_trials=8)
                self.tune("--study", f"{searcher}.db")
                for number in range(8):
                    shown = json.loads(self.shown("explain", f"{searcher}.db", number, "--json"))
                    self.assertEqual((shown["trial"], shown["searcher"]), (number, searcher))
                    self.assertEqual(shown["choice"], {"confirmed": True}, shown)

    def test_what_was_asked_and_told_is_confirmed_too(self):
        self.spec(trial=None, searcher="gp", max_trials=10)
        for number in range(6):
            self.shown("ask", "study.json")
            if number >= 2:
                self.shown("tell", "study.db", number - 2, number / 10)
        for number in range(6):
            self.assertEqual(self.explained(number)["choice"], {"confirmed": True})

    def test_a_pruned_trial_names_its_rung_its_peers_and_the_verdict(self):
        self.spec(trial={"command": STEPS}, max_trials=4, parameters={"x": {
            "type": "ordinal", "choices": [1, 2, 3, 4]}}, searcher="grid",
                  early_stopping={"type": "asha", "min_steps": 1, "reduction": 2})
        self.tuned()
        report = self.report()
        values = {trial["number"]: trial["intermediate"]["1"] for trial in report["trials"]}
        pruned = [trial for trial in report["trials"] if trial["state"] == "pruned"]
        self.assertTrue(pruned)
        for trial in pruned:
            ending = self.explained(trial["number"])["ending"]
            self.assertEqual((ending["rule"], ending["confirmed"], ending["verdict"]),
                             ("asha", True, trial["reason"]))
            if ending["step"] == 1:
                self.assertEqual(ending["value"], values[trial["number"]])
                self.assertEqual({peer["trial"]: peer["value"] for peer in ending["peers"]},
                                 {n: v for n, v in values.items() if n < trial["number"]})
        text = self.shown("explain", "study.db", pruned[0]["number"])
        self.assertIn(pruned[0]["reason"], text)
        self.assertEqual(text.count("derived anew from the file: the same"), 2)

    def test_a_trial_that_went_on_is_confirmed_to_go_on(self):
        self.spec(early_stopping={"type": "median", "min_trials": 1})
        self.tuned()
        ending = self.explained(0)["ending"]
        self.assertEqual((ending["rule"], ending["verdict"], ending["confirmed"]),
                         ("median", None, True))

    def test_a_study_that_changed_its_mind_says_so(self):
        self.spec(max_trials=2)
        self.tune()
        self.spec(max_trials=4, searcher="sobol")
        self.tune()
        choice = self.explained(0)["choice"]
        self.assertEqual(choice, {"confirmed": None,
                                  "note": "random chose it, and the study goes on with sobol"})
        self.spec(max_trials=6, searcher="sobol",
                  parameters={"x": {"type": "uniform", "min": 0, "max": 2}})
        self.tune()
        choice = self.explained(2)["choice"]
        self.assertFalse(choice["confirmed"])
        self.assertIn("the spec or the searcher's options have changed since", choice["note"])

    def test_initial_and_enqueued_ones_are_their_user_s(self):
        self.spec(initial=[{"x": 0.25}], max_trials=1)
        self.tune()
        self.assertEqual(self.explained(0)["choice"],
                         {"confirmed": None, "note": "its user gave it, whole"})
        self.shown("enqueue", "study.db", "{}")
        self.assertIn("it waits", self.explained(1)["choice"]["note"])

    def test_the_reward_terms_of_the_policy_gradient_are_told(self):
        self.spec(searcher="policy_gradient", max_trials=3)
        self.tune()
        self.assertIn("rank", self.explained(2)["details"]["reward"])
        self.assertIn("  reward: ", self.shown("explain", "study.db", 2))

    def test_it_agrees_with_the_conversation(self):
        self.spec(trial=None)
        self.shown("ask", "study.json")
        self.shown("tell", "study.db", 0, 1)
        talk = subprocess.run([PROGRAM, "stdio", "study.json"], input='{"explain": 0}\n',
                              cwd=self.folder, capture_output=True, text=True,
                              env=clean_environment())
        said = json.loads(talk.stdout)["explain"]
        shown = self.explained(0)
        self.assertEqual({key: shown[key] for key in said}, said)


class Tailing(InspectTest):
    def test_both_streams_of_a_trial_are_shown_as_they_were(self):
        self.spec(trial={"command": STEPS}, max_trials=1)
        self.tune()
        result = self.run_autoglm("tail", "study.db", "0")
        own = self.folder / "study.trials" / "0" / "1"
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stdout, (own / "stdout.log").read_text())
        self.assertEqual(result.stderr, (own / "stderr.log").read_text())

    def test_one_that_runs_is_followed_to_its_end(self):
        self.spec(trial={"command": ["sh", "-c", "echo first; while ! [ -e go ]; do sleep 0.02; done; "
                                                 "echo '{{\"loss\": 1}}'"]}, max_trials=1)
        tune = self.start_autoglm("tune", "study.json", "--json", "--progress", "none")
        for line in tune.stdout:
            if json.loads(line)["event"] == "trial_started":
                break
        while not (self.folder / "study.trials" / "0" / "1" / "stdout.log").exists():
            pass
        tail = self.start_autoglm("tail", "study.db", "0")
        self.assertEqual(tail.stdout.readline(), "first\n")
        self.write("go", "")
        self.assertEqual(tail.communicate(timeout=60), ('{"loss": 1}\n', ""))
        tune.communicate(timeout=60)

    def test_a_study_that_was_moved_takes_its_output_along(self):
        self.spec(trial={"command": STEPS}, max_trials=1)
        self.tune()
        os.mkdir(self.path("there"))
        for name in ["study.db", "study.trials"]:
            os.rename(self.path(name), self.path(f"there/{name}"))
        self.assertIn('"step": 3', self.shown("tail", "there/study.db", 0))

    def test_what_has_no_output_says_why(self):
        self.spec(trial=None)
        self.shown("ask", "study.json")
        self.shown("enqueue", "study.db", "{}")
        for number in [0, 1]:
            result = self.run_autoglm("tail", "study.db", str(number))
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(f"study.db: trial {number}: has no output yet", result.stderr)


class RunningAgain(InspectTest):
    def test_the_same_trial_gives_the_same_value_and_the_study_stays_as_it_was(self):
        self.spec(trial={"command": ["sh", "-c", 'echo "{{\\"loss\\": $AUTOGLM_SEED}}"']}, max_trials=3)
        self.tune()
        before = self.report()
        result = self.run_autoglm("rerun", "study.db", "2", "--json",
                                  environment={"TMPDIR": str(self.folder)})
        self.assertEqual(result.returncode, 0, result.stderr)
        again = json.loads(result.stdout)
        self.assertEqual((again["trial"], again["state"]), (2, "complete"))
        self.assertEqual(again["value"], before["trials"][2]["value"])
        self.assertEqual(again["before"]["value"], again["value"])
        self.assertEqual(result.stderr, f"trial 2 runs in {again['directory']}\n")
        self.assertEqual(os.listdir(again["directory"] + "/2/1") and self.report(), before)

    def test_one_that_fails_exits_3_and_says_why(self):
        self.spec(trial={"command": ["sh", "-c", "echo '{{\"loss\": 1}}'; exit $(cat status)"]},
                  max_trials=1)
        self.write("status", "0")
        self.tune()
        self.write("status", "4")
        result = self.run_autoglm("rerun", "study.db", "0", environment={"TMPDIR": str(self.folder)})
        self.assertEqual(result.returncode, 3)
        self.assertIn("trial 0 again: failed", result.stdout)
        self.assertIn("exit status 4", result.stdout)
        self.assertIn("in the study: complete, loss 1", result.stdout)

    def test_what_an_interrupted_one_wrote_stays_where_it_said(self):
        self.spec(trial={"command": ["sh", "-c", "test ! -e again || (echo some; touch began; exec sleep 60); "
                                                 "echo '{{\"loss\": 1}}'"]}, max_trials=1)
        self.tune()
        self.write("again", "")
        process = self.start_autoglm("rerun", "study.db", "0")
        wait_until(lambda: os.path.exists(self.path("began")))
        self.interrupt(process, signal.SIGTERM)
        output, errors = process.communicate()
        self.assertEqual((process.returncode, output), (143, ""))
        folder = re.match(r"trial 0 runs in (.*)\n", errors)[1]
        self.assertEqual(pathlib.Path(folder, "0/1/stdout.log").read_text(), "some\n")

    def test_a_folder_in_which_nothing_began_goes(self):
        self.spec(trial={"command": "$AUTOGLM log loss=1", "gpus": 1}, max_trials=1)
        self.assertEqual(self.tune(environment={"CUDA_VISIBLE_DEVICES": "0"}).returncode, 0)
        os.mkdir(self.path("kept"))
        nowhere = {"TMPDIR": self.path("kept"), "CUDA_VISIBLE_DEVICES": ""}
        for call in ["rerun", "study.db", "0"], ["validate", "--run", "study.json"]:
            with self.subTest(call):
                result = self.run_autoglm(*call, environment=nowhere)
                self.assertEqual((result.returncode, result.stdout), (9, ""), result.stderr)
                self.assertEqual(os.listdir(self.path("kept")), [])

    def test_it_runs_where_the_spec_lay(self):
        os.mkdir(self.path("elsewhere"))
        self.spec(trial={"command": ["sh", "-c", "cat value.json"]}, max_trials=1)
        self.write("value.json", '{"loss": 5}')
        self.tune("--study", "elsewhere/study.db")
        again = json.loads(self.shown("rerun", "elsewhere/study.db", 0, "--json"))
        self.assertEqual(again["value"], 5)

    def test_trials_that_were_asked_for_cannot_be_run_here(self):
        self.spec(trial=None)
        self.shown("ask", "study.json")
        result = self.run_autoglm("rerun", "study.db", "0")
        self.assertEqual(result.returncode, 2)
        self.assertIn("has no trial section", result.stderr)


class Studies(InspectTest):
    def test_each_study_of_a_file_has_a_line(self):
        self.spec(max_trials=2)
        self.tune()
        self.spec(name="second", trial=None)
        self.shown("ask", "study.json", "--study", "study.db")
        listed = json.loads(self.shown("studies", "study.db", "--json"))
        first, second = listed["studies"]
        self.assertEqual(listed["schema_version"], 1)
        self.assertEqual((first["study"], first["counts"]["complete"], first["metrics"]),
                         ("study", 2, [{"name": "loss", "goal": "minimize"}]))
        self.assertEqual(first["best"], {key: self.report("study.db", "--study-name", "study")["best"][key]
                                         for key in ["number", "value"]})
        self.assertEqual((second["study"], second["counts"]["running"], second["best"]),
                         ("second", 1, None))
        text = self.shown("studies", "study.db")
        self.assertRegex(text, r"^study   minimize loss; 2 trials: 2 complete; best 0\.\d+ \(trial \d\)\n"
                               r"second  minimize loss; 1 trial: 1 running\n$")


class Checking(InspectTest):
    def damage(self, sql):
        with sqlite3.connect(self.path("study.db")) as file:
            file.executescript(sql)
        file.close()

    def test_a_good_file_has_no_fault(self):
        self.spec(max_trials=2)
        self.tune()
        self.assertEqual(self.shown("db", "check", "study.db"),
                         "study.db: no fault found (1 study, 2 trials)\n")

    # What makes Optuna refuse or misread a study, and what is said of it first.
    FAULTS = [
        ("UPDATE trials SET number = 1 WHERE number = 0",
         'study "study": trial 1: stands in row 0 of its study, counted from 0; Optuna would give a '
         "number twice"),
        ("UPDATE trials SET state = 'DONE' WHERE number = 0",
         'study "study": trial 0: has the state \'DONE\', which Optuna does not know'),
        ("UPDATE trials SET datetime_start = NULL WHERE number = 0",
         'study "study": trial 0: is COMPLETE and has no start'),
        ("UPDATE trials SET datetime_start = '2026-01-01T00:00:00Z' WHERE number = 0",
         'study "study": trial 0: has a time that is not written as YYYY-MM-DD HH:MM:SS.ffffff'),
        ("DELETE FROM trial_values WHERE trial_id = 1",
         'study "study": trial 0: is COMPLETE with 0 values of 1'),
        ("UPDATE trial_values SET value = NULL WHERE trial_id = 1",
         "study \"study\": trial 0: has the value NULL of type 'FINITE', which do not go together"),
        ("UPDATE trial_intermediate_values SET intermediate_value_type = 'NAN' WHERE trial_id = 1 "
         "AND step = 2", "which do not go together"),
        ("UPDATE trial_params SET param_value = 7 WHERE trial_id = 1 AND param_name = 'c'",
         'study "study": trial 0: c: is choice 7 of 2; Optuna cannot load the study'),
        ("UPDATE trial_values SET value = 'abc' WHERE trial_id = 1",
         "study \"study\": trial 0: has the value 'abc' of type 'FINITE', which do not go together"),
        ("UPDATE trial_params SET param_value = 1.5 WHERE trial_id = 1 AND param_name = 'x'",
         'study "study": trial 0: x: is 1.5, outside of its distribution from 0 to 1'),
        ("UPDATE trial_params SET param_value = 0.5 WHERE trial_id = 1 AND param_name = 'x'",
         'study "study": trial 0: x: is another value here than in autoglm\'s own record of the trial'),
        ("UPDATE trial_params SET param_value = 1 - param_value WHERE trial_id = 1 AND param_name = 'c'",
         'study "study": trial 0: c: is another value here than in autoglm\'s own record of the trial'),
        ("UPDATE trial_params SET param_value = 'abc' WHERE trial_id = 1 AND param_name = 'x'",
         'study "study": trial 0: x: has a value that is text, not a number'),
        ("UPDATE trial_params SET distribution_json = '{' WHERE trial_id = 1 AND param_name = 'x'",
         'study "study": trial 0: x: has a distribution that is not JSON'),
        ("INSERT INTO trial_user_attributes (trial_id, \"key\", value_json) VALUES (1, 'k', 'x y')",
         'study "study": trial 0: the attribute k is not JSON'),
        ("UPDATE study_directions SET direction = 'UP'",
         "study \"study\": has the direction 'UP', which Optuna does not know"),
        ("INSERT INTO trial_params (trial_id, param_name) VALUES (99, 'x')",
         "1 rows of trial_params belong to no trial"),
        ("DELETE FROM trials WHERE number = 1; DELETE FROM trial_params WHERE trial_id = 2; "
         "DELETE FROM trial_values WHERE trial_id = 2; DELETE FROM trial_intermediate_values WHERE "
         "trial_id = 2; DELETE FROM trial_system_attributes WHERE trial_id = 2",
         'study "study": trial 1: is in autoglm\'s tables and not in Optuna\'s'),
    ]

    def test_each_fault_is_a_line_and_exit_7(self):
        self.spec(max_trials=2, parameters={
            "x": {"type": "uniform", "min": 0, "max": 1},
            "c": {"type": "categorical", "choices": ["a", "b"]}})
        self.tune()
        whole = (self.folder / "study.db").read_bytes()
        for sql, fault in self.FAULTS:
            with self.subTest(sql=sql):
                (self.folder / "study.db").write_bytes(whole)
                self.damage(sql)
                lines = self.shown("db", "check", "study.db", status=7).splitlines()
                self.assertTrue(all(line.startswith("study.db: ") for line in lines), lines)
                self.assertIn(fault, lines[0])

    def test_a_damaged_page_is_exit_7(self):
        self.spec(max_trials=40)
        self.tune()
        whole = bytearray((self.folder / "study.db").read_bytes())
        page = int.from_bytes(whole[16:18], "big")
        for start in range(2 * page, len(whole) - page, page):
            whole[start:start + 100] = b"\xff" * 100
        (self.folder / "study.db").write_bytes(whole)
        result = self.run_autoglm("db", "check", "study.db")
        self.assertEqual(result.returncode, 7)
        self.assertTrue((result.stdout + result.stderr).startswith("study.db: is damaged"))


if __name__ == "__main__":
    main()
