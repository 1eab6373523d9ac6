"""Studies made by a conversation: quick, and with known values."""

import json
import subprocess

from study_folder import PROGRAM, StudyFolder, clean_environment


class ToldStudy(StudyFolder):
    """`self.study(lines)` makes study.db; `self.values(0.5, 0.3)` one with these values."""

    def setUp(self):
        super().setUp()
        self.spec(trial=None, max_trials=100)

    def study(self, lines, *arguments, spec="study.json"):
        result = subprocess.run([PROGRAM, "stdio", spec, *arguments], cwd=self.folder,
                                input="".join(json.dumps(line) + "\n" for line in lines), text=True,
                                capture_output=True, timeout=60, env=clean_environment())
        self.assertEqual(result.returncode, 0, result.stderr)

    def values(self, *values, study="study.db"):
        self.study([{"ask": len(values)}] + [{"tell": {"trial": i, "value": value}}
                                             for i, value in enumerate(values)],
                   "--study", study)

    def two_metrics(self, *points, study="study.db"):
        self.spec(trial=None, max_trials=100, metric=[{"name": "ms", "goal": "minimize"},
                                                      {"name": "acc", "goal": "maximize"}])
        self.study([{"ask": len(points)}] +
                   [{"tell": {"trial": i, "values": {"ms": ms, "acc": acc}}}
                    for i, (ms, acc) in enumerate(points)], "--study", study)

    def done(self, *arguments):
        """What a call prints that must succeed."""
        result = self.run_autoglm(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def complaint(self, status, *arguments):
        """The one line of a call that must fail and print nothing."""
        result = self.run_autoglm(*arguments)
        self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        return result.stderr
