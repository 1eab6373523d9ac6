"""Every mistake in a spec is one line with place, value, rule and remedy; nothing is written."""

import json
import os

from bad_specs import BAD_SPECS, BASE
from study_folder import StudyFolder, main


class BadSpecs(StudyFolder):
    def test_every_mistake_is_one_whole_line(self):
        self.assertGreaterEqual(len(BAD_SPECS), 40)
        for name, old, new, line in BAD_SPECS:
            with self.subTest(name):
                self.assertEqual(BASE.count(old), 1)
                self.write("study.json", BASE.replace(old, new))
                for command in ("tune", "validate"):
                    result = self.run_autoglm(command, "study.json")
                    self.assertEqual((result.returncode, result.stdout, result.stderr),
                                     (2, "", f"study.json:{line}\n"))
                    self.assertEqual(os.listdir(self.folder), ["study.json"])

    # The searcher of a spec, what the command line has, and the mistake.
    SEARCHER_OVERRIDES = [
        ('"gp"', "--searcher nosuch",
         '--searcher nosuch: /searcher: no searcher is called "nosuch"; this version has auto, gp, '
         'policy_gradient, sobol, random, grid'),
        ('"gp"', "--searcher grid --set searcher.kappa=2",
         '--set searcher.kappa=2: /searcher/kappa: unknown key "kappa" of the searcher grid; '
         'known are type, points'),
        ('"gp"', "--searcher gp --set searcher.kappa=0",
         '--set searcher.kappa=0: /searcher/kappa: must be above 0 and at most 1000, not 0.0'),
        ('"gp"', "--searcher gp --set searcher=sobol",
         '--set searcher=sobol: /searcher: --searcher gp is given too; keep one of the two'),
        ('"gp"', "--searcher gp --set searcher.type=sobol",
         '--set searcher.type=sobol: /searcher/type: --searcher gp is given too; keep one of the '
         'two'),
        ('"gp"', '--searcher gp --set searcher={"kappa":2}',
         '--set searcher={"kappa":2}: /searcher: --searcher gp is given too; keep one of the two'),
        ('"gp"', "--set searcher=grid --set searcher.kappa=2",
         '--set searcher.kappa=2: /searcher/kappa: unknown key "kappa" of the searcher grid; '
         'known are type, points'),
        ('"auto"', "--set searcher.kappa=2",
         '--set searcher.kappa=2: /searcher/kappa: unknown key "kappa" of the searcher auto; '
         'known are type'),
        ('{"type": "gp", "kappa": 2}', "--set searcher.type=grid",
         '--set searcher.type=grid: /searcher/type: the spec gives options that do not go with '
         '"grid": study.json:4:30: /searcher/kappa: unknown key "kappa" of the searcher grid; '
         'known are type, points; --set searcher=grid replaces the whole section'),
        ('{"type": "gp", "kappa": 0}', "--set max_trials=3",
         'study.json:4:39: /searcher/kappa: must be above 0 and at most 1000, not 0.0'),
    ]

    def with_searcher(self, searcher):
        self.write("study.json", BASE.replace('"random"', searcher))

    def test_mistakes_in_overrides_are_placed_where_they_were_made(self):
        for searcher, arguments, line in self.SEARCHER_OVERRIDES:
            with self.subTest(searcher=searcher, arguments=arguments):
                self.with_searcher(searcher)
                for command in ("tune", "validate"):
                    result = self.run_autoglm(command, "study.json", *arguments.split(" "))
                    self.assertEqual((result.returncode, result.stdout, result.stderr),
                                     (2, "", line + "\n"))
                    self.assertEqual(os.listdir(self.folder), ["study.json"])

    def test_an_option_can_be_set_on_a_searcher_that_is_named_alone(self):
        for searcher, arguments in [
                ('"gp"', "--set searcher.kappa=2"),
                ('"random"', "--searcher gp --set searcher.kappa=2"),
                ('{"type": "grid", "points": 3}', "--searcher gp --set searcher.kappa=2"),
                ('{"type": "grid", "points": 3}', "--set searcher=gp --set searcher.kappa=2"),
                ('"random"', "--set searcher.type=gp --set searcher.kappa=2")]:
            with self.subTest(searcher=searcher, arguments=arguments):
                self.with_searcher(searcher)
                result = self.run_autoglm("validate", "study.json", "--json", *arguments.split(" "))
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertEqual(json.loads(result.stdout)["searcher"]["options"]["kappa"], 2)

    def test_the_base_is_valid(self):
        self.write("study.json", BASE)
        self.assertEqual(self.run_autoglm("validate", "study.json").returncode, 0)


if __name__ == "__main__":
    main()
