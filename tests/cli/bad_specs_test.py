"""Every mistake in a spec is one line with place, value, rule and remedy; nothing is written."""

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

    def test_the_base_is_valid(self):
        self.write("study.json", BASE)
        self.assertEqual(self.run_autoglm("validate", "study.json").returncode, 0)


if __name__ == "__main__":
    main()
