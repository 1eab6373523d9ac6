"""`autoglm schema`: takes every good spec, and refuses every bad one that a schema can."""

import json
import sys

from bad_specs import BAD_SPECS, BASE
from good_specs import good_specs, without_comments
from study_folder import StudyFolder, main

try:
    import jsonschema
except ImportError:
    sys.exit(77)  # skipped

# Mistakes that no schema of this draft can see: in the text itself, or between two places.
BEYOND_A_SCHEMA = {
    "a trailing comma", "a missing comma", "single quotes", "NaN", "hexadecimal", "a duplicate key",
    "an unterminated comment", "rungs the wrong way round", "a metric twice", "a bad expression",
    "bounds the wrong way round", "an integer beyond 2^53", "a step wider than the range",
    "one choice in three disguises", "a condition on an unknown name", "a condition on itself",
    "a condition that never holds", "a chained comparison", "text below a number",
    "arithmetic in a condition", "a constraint that is a number", "a constraint on an unknown name",
    "an initial value out of bounds", "an initial value that is inactive", "an initial unknown name",
    "an unknown name in the command", "a lonely brace", "a pattern that does not compile",
    "a pattern without a named group",
}


class Schema(StudyFolder):
    def setUp(self):
        super().setUp()
        result = self.run_autoglm("schema")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.schema = json.loads(result.stdout)
        self.validator = jsonschema.Draft7Validator(self.schema)

    def mistakes(self, spec):
        return [error.message for error in self.validator.iter_errors(spec)]

    def test_it_is_a_schema_of_draft_7(self):
        self.assertEqual(self.schema["$schema"], "http://json-schema.org/draft-07/schema#")
        jsonschema.Draft7Validator.check_schema(self.schema)

    def test_it_takes_every_good_spec_and_so_does_validate(self):
        for name, spec in good_specs():
            with self.subTest(name):
                self.assertEqual(self.mistakes(spec), [])
                if "trial" not in spec or spec["trial"].get("kind") != "train":
                    self.write("spec.json", json.dumps(spec))
                    result = self.run_autoglm("validate", "spec.json")
                    self.assertEqual(result.stderr, "")

    def test_it_refuses_every_bad_spec_that_a_schema_can(self):
        seen = set()
        for name, old, new, _ in BAD_SPECS:
            if name not in BEYOND_A_SCHEMA:
                with self.subTest(name):
                    self.assertNotEqual(self.mistakes(json.loads(BASE.replace(old, new))), [])
            seen.add(name)
        self.assertEqual(BEYOND_A_SCHEMA - seen, set())

    def test_it_takes_what_init_drafts(self):
        draft = self.run_autoglm("init", "--", "python3", "train.py", "--lr", "0.01").stdout
        self.assertEqual(self.mistakes(json.loads(without_comments(draft))), [])


if __name__ == "__main__":
    main()
