"""--shard and merge, and the two pipelines of docs/pipelines.md, each of their steps run in a shell."""

import json
import os
import pathlib
import re
import subprocess

from study_folder import PROGRAM, StudyFolder, clean_environment, main

DOCUMENT = (pathlib.Path(__file__).parents[2] / "docs/pipelines.md").read_text()


class Shards(StudyFolder):
    def shard(self, index, count, *arguments, status=0):
        result = self.tune("--shard", f"{index}/{count}", *arguments)
        self.assertEqual(result.returncode, status, result.stderr)
        return result

    def merged(self, count):
        result = self.run_autoglm("merge", "study.db", *(f"study.shard-{i}-of-{count}.db" for i in range(1, count + 1)))
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.report()

    def test_the_budget_is_divided_and_merged_again(self):
        self.spec(max_trials=5, initial=[{"x": 0.3}, {"x": 0.4}, {"x": 0.5}])
        for index in 1, 2, 3:
            self.shard(index, 3)
        report = self.merged(3)
        self.assertEqual([trial["number"] for trial in report["trials"]], list(range(5)))
        self.assertEqual(report["counts"]["complete"], 5)
        values = [trial["params"]["x"] for trial in report["trials"]]
        self.assertEqual(len(set(values)), 5)
        self.assertTrue({0.3, 0.4, 0.5} <= set(values))
        self.assertEqual(report["best"]["params"], {"x": 0.3})
        self.assertEqual(list(report["trials"][0]["intermediate"]), ["1", "2", "3"])
        self.assertEqual(report["trials"], sorted(report["trials"], key=lambda trial: trial["created"]))

    def test_a_grid_is_covered_once(self):
        self.spec(searcher="grid", max_trials=12, parameters={"a": {"type": "int", "min": 1, "max": 4},
                                                             "b": {"type": "int", "min": 1, "max": 3}},
                  trial={"command": "$AUTOGLM log loss={a}"})
        for index in 1, 2:
            self.shard(index, 2)
        points = [tuple(trial["params"].values()) for trial in self.merged(2)["trials"]]
        self.assertEqual(sorted(points), [(a, b) for a in (1, 2, 3, 4) for b in (1, 2, 3)])

    def test_a_shard_resumes_as_a_study_does(self):
        self.spec(max_trials=4)
        first = self.shard(1, 2).stdout
        self.assertIn("2 trials: 2 complete", first)
        self.assertIn("2 trials: 2 complete", self.shard(1, 2).stdout)

    def choice(self, study, number):
        result = self.run_autoglm("explain", study, str(number), "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["choice"]

    def grid(self, **changes):
        self.spec(searcher="grid", max_trials=6, parameters={"a": {"type": "int", "min": 1, "max": 6}},
                  trial={"command": "$AUTOGLM log loss={a}"}, **changes)

    # Regression: a shard's share of a grid was not in its file, and explain took every point for another one.
    def test_the_choices_of_a_shard_are_derived_anew(self):
        self.grid()
        self.shard(2, 2)
        for trial in self.report("study.shard-2-of-2.db")["trials"]:
            self.assertEqual(self.choice("study.shard-2-of-2.db", trial["number"]), {"confirmed": True})

    def test_those_of_a_merged_study_are_not_but_those_that_follow_are(self):
        self.spec(max_trials=4)
        for index in 1, 2:
            self.shard(index, 2)
        self.merged(2)
        note = "a shard of the study chose it, by its own seed; its own file can derive it"
        self.assertEqual(self.choice("study.db", 3), {"confirmed": None, "note": note})
        self.assertIn(f"  not derived: {note}\n", self.run_autoglm("explain", "study.db", "3").stdout)
        self.tuned("--more", "1")
        self.assertEqual(self.choice("study.db", 4), {"confirmed": True})

    def test_a_shard_goes_on_as_the_share_that_it_is(self):
        self.grid()
        self.shard(1, 2, "--trials", "1")
        self.tune("--study", "study.shard-1-of-2.db")
        points = [trial["params"]["a"] for trial in self.report("study.shard-1-of-2.db")["trials"]]
        self.shard(2, 2)
        points += [trial["params"]["a"] for trial in self.report("study.shard-2-of-2.db")["trials"]]
        self.assertEqual(sorted(points), [1, 2, 3, 4, 5, 6])
        result = self.shard(2, 2, "--study", "study.shard-1-of-2.db", status=2)
        self.assertEqual(result.stderr, 'study.shard-1-of-2.db: study "study" is the shard 1/2, not 2/2; '
                                        "give this one another --study\n")

    # Regression: the trials were in the study twice.
    def test_no_shard_is_taken_twice(self):
        self.spec(max_trials=4)
        for index in 1, 2:
            self.shard(index, 2)
        first, second = (f"study.shard-{index}-of-2.db" for index in (1, 2))
        self.merged(2)
        for shards, place in (((first, second, first), first), ((first, second, "./" + second), "./" + second),
                              (("study.db", second), second)):
            with self.subTest(shards):
                result = self.run_autoglm("merge", "all.db", *shards)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertRegex(result.stderr, f"^{place}: its trial [0-3] is in .*, too; name each shard once.*\n$")
                self.assertFalse((self.folder / "all.db").exists())

    def test_shards_that_are_missing_are_named(self):
        self.spec(max_trials=5)
        for index in 1, 3, 4:
            self.shard(index, 5)
        shards = [f"study.shard-{index}-of-5.db" for index in (1, 3, 4)]
        result = self.run_autoglm("merge", "all.db", *shards)
        self.assertEqual((result.returncode, result.stderr),
                         (0, "all.db: is not the whole study: of 5 shards these are missing: 2, 5\n"))
        self.shard(2, 5)
        result = self.run_autoglm("merge", "more.db", "all.db", "study.shard-2-of-5.db")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    # Regression: the message advised an option that merge did not have.
    def test_of_several_studies_one_is_named(self):
        self.spec(max_trials=2)
        for index in 1, 2:
            self.shard(index, 2)
            self.shard(index, 2, "--new-study")
        shards = [f"study.shard-{index}-of-2.db" for index in (1, 2)]
        result = self.run_autoglm("merge", "all.db", *shards)
        self.assertEqual(result.returncode, 2)
        self.assertIn("name one with --study-name", result.stderr)
        result = self.run_autoglm("merge", "all.db", *shards, "--study-name", "study-2")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(self.report("all.db")["study"], "study-2")

    def test_mistakes(self):
        self.spec(max_trials=2)
        for shard in "0/2", "3/2", "1", "1/", "a/b", "1/2x":
            with self.subTest(shard):
                result = self.tune("--shard", shard)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(f"--shard {shard}: must be I/N", result.stderr)
        self.assertIn("none is left", self.shard(3, 3, status=2).stderr)

    def test_only_shards_of_one_spec_are_merged(self):
        self.spec()
        self.shard(1, 2)
        self.spec(name="other")
        self.tune("--study", "other.db")
        result = self.run_autoglm("merge", "all.db", "study.shard-1-of-2.db", "other.db")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("other.db: is of another study than study.shard-1-of-2.db", result.stderr)
        self.assertFalse((self.folder / "all.db").exists())
        self.assertEqual(self.run_autoglm("merge", "other.db", "study.shard-1-of-2.db").returncode, 2)
        self.assertEqual(self.run_autoglm("merge", "all.db", "no.db").returncode, 2)


def github_steps():
    """(job, command) of each `run:`."""
    text = DOCUMENT.split("## GitHub Actions")[1].split("```yaml\n")[1].split("```")[0]
    job = None
    for line in text.splitlines():
        if match := re.fullmatch(r"  (\w+):", line):
            job = match[1]
        elif match := re.fullmatch(r"      - run: (.*)", line):
            yield job, match[1]


def gitlab_steps():
    """(job, command) of each line of a `script:`."""
    text = DOCUMENT.split("## GitLab")[1].split("```yaml\n")[1].split("```")[0]
    job, in_script = None, False
    for line in text.splitlines():
        if match := re.fullmatch(r"(\w+):", line):
            job = match[1]
        in_script = line == "  script:" or (in_script and line.startswith("    - "))
        if in_script and line.startswith("    - "):
            yield job, line[6:]


class Pipelines(StudyFolder):
    def setUp(self):
        super().setUp()
        self.spec(max_trials=4)

    def baseline(self, value):
        self.write("baseline.json", json.dumps({"direction": "minimize", "best": {"value": value}}))

    def step(self, command, **environment):
        path = f"{os.path.dirname(os.path.abspath(PROGRAM))}:{os.environ['PATH']}"
        return subprocess.run(["bash", "-e", "-c", command], cwd=self.folder, capture_output=True, text=True,
                              env=clean_environment({"PATH": path, **environment}), timeout=120)

    def run_github(self):
        """The first step that fails, or the last one."""
        for job, command in github_steps():
            for shard in ("1", "2") if job == "tune" else ("",):
                done = self.step(command.replace("${{ matrix.shard }}", shard),
                                 GITHUB_STEP_SUMMARY=self.path("summary.md"))
                if done.returncode != 0:
                    return done
        return done

    def run_gitlab(self):
        for job, command in gitlab_steps():
            for node in ("1", "2") if job == "tune" else ("",):
                done = self.step(command, CI_NODE_INDEX=node, CI_NODE_TOTAL="2")
                if done.returncode != 0:
                    return done
        return done

    def test_there_are_steps(self):
        self.assertEqual([job for job, _ in github_steps()], ["tune", "gate", "gate", "gate"])
        self.assertEqual([job for job, _ in gitlab_steps()], ["tune", "gate", "gate", "gate"])

    def test_a_study_that_is_good_enough_passes(self):
        self.baseline(10)
        for run in self.run_github, self.run_gitlab:
            done = run()
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn('failures="0"', (self.folder / "checks.xml").read_text())
            (self.folder / "study.db").unlink()
        self.assertIn("**Best:**", (self.folder / "summary.md").read_text())
        self.assertIn("<!DOCTYPE html>", (self.folder / "report.html").read_text())

    def test_one_that_got_worse_by_2_percent_fails_with_a_sentence(self):
        self.tuned()
        for index in "1", "2":
            self.tune("--shard", f"{index}/2")
        self.run_autoglm("merge", "all.db", "study.shard-1-of-2.db", "study.shard-2-of-2.db")
        (self.folder / "study.db").unlink()
        self.baseline(self.report("all.db")["best"]["value"] / 1.02)
        for run in self.run_github, self.run_gitlab:
            done = run()
            self.assertEqual(done.returncode, 8)
            self.assertRegex(done.stderr, r"^--baseline baseline.json: loss .* of trial \d is 2 % worse than the .* "
                                          r"of baseline.json; 1 % is allowed\n$")
            (self.folder / "study.db").unlink()


if __name__ == "__main__":
    main()
