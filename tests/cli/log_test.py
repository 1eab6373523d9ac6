"""What `autoglm log` promises to the programs that call it inside a trial."""

from study_folder import StudyFolder, main


class LogTest(StudyFolder):
    def trial(self, script, **changes):
        """The report of a study whose one trial is this shell script."""
        self.spec(trial={"command": ["sh", "-c", script]}, max_trials=1, **changes)
        self.tune()
        return self.report()["trials"]

    def test_what_is_logged_is_reported(self):
        trial, = self.trial("\"$AUTOGLM\" log loss=0.5 acc=1e-3 --step 3 && \"$AUTOGLM\" log loss=0.25")
        self.assertEqual(trial["state"], "complete")
        self.assertEqual(trial["value"], 0.25)
        self.assertEqual(trial["intermediate"], {"3": 0.5, "4": 0.25})
        self.assertEqual(trial["metrics"], {"loss": 0.25, "acc": 0.001})

    def test_what_is_no_number_for_json_can_be_logged(self):
        trial, = self.trial("for v in nan inf -inf 1; do \"$AUTOGLM\" log loss=$v; done")
        self.assertEqual(trial["state"], "complete")
        self.assertEqual(list(trial["intermediate"].values()), [None, None, None, 1])

    def test_a_trial_that_should_stop_learns_it_from_the_status(self):
        self.spec(trial={"command": ["sh", "-c", """
trap '' TERM
if [ "$AUTOGLM_TRIAL" = 0 ]; then "$AUTOGLM" log loss=1 --step 1; exit; fi
"$AUTOGLM" log loss=9 --step 1
echo "status $?"
"""]}, early_stopping={"type": "median", "min_trials": 1}, max_trials=2)
        self.tune()
        self.assertEqual([t["state"] for t in self.report()["trials"]], ["complete", "pruned"])
        output = self.folder / "study.trials" / "1" / "1" / "stdout.log"
        self.assertEqual(output.read_text(), "status 10\n")

    def test_outside_a_trial_it_is_a_usage_error(self):
        result = self.run_autoglm("log", "loss=1")
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stderr,
                         "autoglm log: AUTOGLM_METRICS is not set, so this is no trial of autoglm's; "
                         "call it from the program that `autoglm tune` runs\n")

    def test_mistakes_are_usage_errors_and_log_nothing(self):
        metrics = self.write("metrics.jsonl", "")
        for argument, message in [
                ("loss", "must be KEY=VALUE, as in loss=0.31"),
                ("=1", "must be KEY=VALUE, as in loss=0.31"),
                ("loss=", "the value must be a number, nan, inf or -inf; write KEY=VALUE"),
                ("loss=0.5x", "the value must be a number, nan, inf or -inf; write KEY=VALUE"),
                ("step=3", "the step is no metric; write --step 3")]:
            with self.subTest(argument=argument):
                result = self.run_autoglm("log", argument, environment={"AUTOGLM_METRICS": metrics})
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stderr, f"autoglm log: {argument}: {message}\n")
        result = self.run_autoglm("log", "a=1", "a=2", environment={"AUTOGLM_METRICS": metrics})
        self.assertEqual(result.stderr,
                         'autoglm log: a=2: "a" is there twice; keep one of them\n')
        self.assertEqual((self.folder / "metrics.jsonl").read_text(), "")


if __name__ == "__main__":
    main()
