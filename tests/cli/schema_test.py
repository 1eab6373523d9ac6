"""`autoglm schema`: takes every good spec, and refuses every bad one that a schema can."""

import copy
import json
import re
import sys

from bad_specs import BAD_SPECS, BASE
from good_specs import EXAMPLES, good_specs, without_comments
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

# A spec that trains, and what its sections may and may not have: (section, key, value).
TRAINING = {
    "name": "t", "metric": {"name": "val_loss", "goal": "minimize"}, "max_trials": 1,
    "parameters": {
        "lr": {"type": "log_uniform", "min": 1e-4, "max": 0.1},
        "n": {"type": "int", "min": 1, "max": 8},
        "optimizer": {"type": "categorical", "choices": ["adam", "sgd"]},
        "flag": {"type": "categorical", "choices": [True, False]},
    },
    "trial": {"kind": "train", "model": {"type": "mlp"}, "data": {"path": "a.csv", "target": "y"},
              "training": {}},
}
GOOD_TRAINING = [
    ("model", "units", 8), ("model", "units", "{n}"), ("model", "units", [8, "{n}"]), ("model", "units", []),
    ("model", "layers", 0), ("model", "dropout", 0), ("model", "dropout", "{lr}"), ("model", "kernel", 15),
    ("model", "residual", "{flag}"), ("model", "x-note", {}), ("model", "norm", "layer"),
    ("data", "target", 1), ("data", "columns", {"y": "number"}), ("data", "separator", ","),
    ("data", "validation", 0.5), ("data", "memory", "1.5MB"), ("data", "memory", "2MiB"), ("data", "memory", "{n}GB"),
    ("data", "memory", 4096), ("data", "split_seed", "{n}"), ("data", "folds", 3),
    ("training", "optimizer", "{optimizer}"), ("training", "lr", "{lr}"), ("training", "lr", 1),
    ("training", "schedule", "cosine"), ("training", "schedule", {"type": "step", "factor": 1}),
    ("training", "loss", {"type": "focal", "gamma": "{lr}"}), ("training", "watch", {"patience": 3}),
    ("training", "watch", {"divergence": 0, "exploding": 0, "vanishing": 0}), ("training", "watch", {"divergence": 1.5}),
    ("training", "groups", [{"prefix": "fc{n}", "weight_decay": 0}]), ("training", "checkpoint", "{n}s"),
    ("training", "memory_limit", "2GB"), ("training", "seed", 7), ("training", "device", "auto"),
]
BAD_TRAINING = [
    ("model", "unit", 8), ("model", "units", 0), ("model", "units", "8"), ("model", "units", [8, 1.5]),
    ("model", "type", "rnn"), ("model", "layers", 1001), ("model", "dropout", 1), ("model", "dropout", True),
    ("model", "residual", 1), ("model", "norm", None), ("model", "kernel", 17),
    ("model", "layers", "{trial.number}"),
    ("data", "path", ""), ("data", "path", 3), ("data", "target", True), ("data", "columns", {"y": "text"}),
    ("data", "columns", []), ("data", "separator", "::"), ("data", "validation", 0),
    ("data", "validation", "0.2"), ("data", "memory", "2 parsecs"), ("data", "image", [28]),
    ("data", "image", [1, 2, 3, 4]), ("data", "folds", 0), ("data", "format", "xml"), ("data", "header", "yes"),
    ("training", "lr", 0), ("training", "lr", "0.1"), ("training", "momentum", 1), ("training", "epoch", 3),
    ("training", "epochs", 2.5), ("training", "schedule", "linear"), ("training", "schedule", {"factor": 1}),
    ("training", "schedule", {"type": "step", "factor": 0}), ("training", "loss", {"type": "focal", "beta": 1}),
    ("training", "watch", {"patience": -1}), ("training", "watch", {"divergence": 1}),
    ("training", "watch", {"exploding": -1}), ("training", "watch", 3), ("training", "groups", [{"lr_factor": 1}]),
    ("training", "groups", {"prefix": "fc"}), ("training", "checkpoint", 30), ("training", "device", "gpu"),
    ("training", "seed", -1), ("training", "precision", "fp8"),
]


def training_spec(section, key, value):
    spec = copy.deepcopy(TRAINING)
    spec["trial"][section][key] = value
    return spec


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

    def judged(self, spec):
        """By the schema, and by `validate`."""
        self.write("spec.json", json.dumps(spec))
        return self.mistakes(spec), self.run_autoglm("validate", "spec.json")

    def test_it_takes_what_training_may_have_and_so_does_validate(self):
        for section, key, value in GOOD_TRAINING:
            with self.subTest(section=section, key=key, value=value):
                mistakes, result = self.judged(training_spec(section, key, value))
                self.assertEqual(mistakes, [])
                self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_it_refuses_what_training_may_not_have_and_so_does_validate(self):
        for section, key, value in BAD_TRAINING:
            with self.subTest(section=section, key=key, value=value):
                mistakes, result = self.judged(training_spec(section, key, value))
                self.assertNotEqual(mistakes, [])
                self.assertEqual(result.returncode, 2)
                self.assertIn(f": /trial/{section}/{key}", result.stderr)

    def test_it_has_every_training_key_that_the_documentation_has(self):
        text = (EXAMPLES.parent / "docs" / "training.md").read_text()
        for section in ("model", "data", "training"):
            table = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
            rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
            known = self.schema["definitions"][section]["properties"]
            self.assertEqual(set(re.findall(r"`(\w+)`", " ".join(rows))), set(known))

    def test_it_refuses_a_training_trial_without_its_sections(self):
        for section in ("model", "data", "training"):
            spec = copy.deepcopy(TRAINING)
            del spec["trial"][section]
            self.assertNotEqual(self.mistakes(spec), [])
        for section, key in (("model", "type"), ("data", "path")):
            spec = copy.deepcopy(TRAINING)
            del spec["trial"][section][key]
            self.assertNotEqual(self.mistakes(spec), [])

    def test_it_takes_what_init_drafts(self):
        draft = self.run_autoglm("init", "--", "python3", "train.py", "--lr", "0.01").stdout
        self.assertEqual(self.mistakes(json.loads(without_comments(draft))), [])


if __name__ == "__main__":
    main()
