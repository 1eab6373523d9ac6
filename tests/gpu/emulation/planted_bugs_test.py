#!/usr/bin/env python3
"""What planted_bugs.py takes for a finding, and what for a check that could not run."""

import subprocess
import unittest

from planted_bugs import FAILURE, FOUND, NOTHING, Outcome, is_as_expected, outcome_of


def outcome(script):
    ran = subprocess.run(["sh", "-c", script], text=True, capture_output=True)
    return outcome_of(ran)


class Outcomes(unittest.TestCase):
    def test_a_check_that_passes_has_found_nothing(self):
        self.assertEqual(outcome("echo all is well"), (NOTHING, ""))

    def test_a_check_that_complains_has_found_the_bug(self):
        self.assertEqual(outcome("echo WRONG add f32; echo something is wrong; exit 1"),
                         (FOUND, "WRONG add f32"))
        self.assertEqual(outcome("echo the last line; exit 1"), (FOUND, "the last line"))
        self.assertEqual(outcome("echo WARNING: ThreadSanitizer: data race >&2; exit 66").kind, FOUND)

    def test_a_check_without_a_device_could_not_run(self):
        found = outcome("echo no device: undefined symbol: f >&2; exit 2")
        self.assertEqual(found, (FAILURE, "could not run, 2: no device: undefined symbol: f"))
        self.assertEqual(outcome("exit 64").kind, FAILURE)
        self.assertEqual(outcome("exit 127").kind, FAILURE)

    def test_a_check_that_a_signal_ends_has_found_nothing_even_behind_a_complaint(self):
        self.assertEqual(outcome("kill -SEGV $$"), (FAILURE, "could not run, -11: nothing was said"))
        self.assertEqual(outcome("echo WRONG add f32; kill -ILL $$").kind, FAILURE)

    def test_a_check_that_uses_up_its_time_has_found_the_bug(self):
        self.assertEqual(outcome("kill -XCPU $$"), (FOUND, "it did not end"))


class Expectations(unittest.TestCase):
    def expected(self, *kinds, **bug):
        return is_as_expected(bug, [Outcome(kind, "") for kind in kinds])

    def test_one_check_must_find_a_bug_and_none_may_fail(self):
        self.assertTrue(self.expected(FOUND))
        self.assertTrue(self.expected(NOTHING, FOUND))
        self.assertFalse(self.expected(NOTHING))
        self.assertFalse(self.expected(FAILURE))
        self.assertFalse(self.expected(FAILURE, FOUND))

    def test_all_checks_of_a_control_are_as_it_says(self):
        self.assertTrue(self.expected(NOTHING, NOTHING, expects=NOTHING))
        self.assertFalse(self.expected(FOUND, expects=NOTHING))
        self.assertTrue(self.expected(FAILURE, FAILURE, expects=FAILURE))
        self.assertFalse(self.expected(FAILURE, NOTHING, expects=FAILURE))


if __name__ == "__main__":
    unittest.main()
