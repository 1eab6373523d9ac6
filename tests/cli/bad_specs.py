"""Specs with one mistake each, and the whole line that a user must read for it.

Each is BASE with one replacement: (name, what to replace, by what, the line without the file's name).
"""

BASE = """{
  "name": "s",
  "metric": {"name": "loss", "goal": "minimize"},
  "searcher": "random",
  "max_trials": 5,
  "parameters": {
    "opt": {"type": "categorical", "choices": ["adam", "sgd"]},
    "lr": {"type": "log_uniform", "min": 1e-5, "max": 0.1},
    "mom": {"type": "uniform", "min": 0.5, "max": 0.9, "when": "opt == 'sgd'"},
    "n": {"type": "int", "min": 1, "max": 8}
  },
  "constraints": ["n * lr <= 1"],
  "trial": {"command": ["sh", "-c", "echo {lr} {n}"]}
}
"""

LR = '{"type": "log_uniform", "min": 1e-5, "max": 0.1}'
N = '{"type": "int", "min": 1, "max": 8}'
CHOICES = '["adam", "sgd"]'

BAD_SPECS = [
    # The text.
    ("a trailing comma", '"echo {lr} {n}"]}', '"echo {lr} {n}"],}', ""),
    ("a missing comma", '"name": "s",', '"name": "s"', ""),
    ("single quotes", '"name": "s"', "\"name\": 's'", ""),
    ("NaN", '"max": 0.1', '"max": NaN', ""),
    ("hexadecimal", '"max_trials": 5', '"max_trials": 0x5', ""),
    ("a duplicate key", '"max_trials": 5', '"max_trials": 5, "max_trials": 6', ""),
    ("an unterminated comment", '"name": "s",', '"name": "s", /* ', ""),
    # The top level.
    ("an unknown key", '"max_trials": 5', '"max_trails": 5', ""),
    ("a key and its alias", '"max_trials": 5', '"max_trials": 5, "n_trials": 6', ""),
    ("no parameters", '"parameters": {', '"x-parameters": {', ""),
    ("no trials", '"max_trials": 5', '"max_trials": 0', ""),
    ("text for a number", '"max_trials": 5', '"max_trials": "5"', ""),
    ("a bad duration", '"max_trials": 5', '"timeout": "2 hours"', ""),
    ("an unknown searcher", '"searcher": "random"', '"searcher": "rondom"', ""),
    ("an unknown searcher option", '"searcher": "random"',
     '"searcher": {"type": "gp", "acquisitoin": "ei"}', ""),
    ("a rule that is not there", '"searcher": "random"', '"early_stopping": "hyperbond"', ""),
    ("rungs the wrong way round", '"searcher": "random"',
     '"early_stopping": {"type": "asha", "min_steps": 9, "max_steps": 3}', ""),
    # The metric.
    ("no goal", ', "goal": "minimize"', "", ""),
    ("a mistyped goal", '"minimize"', '"minimise"', ""),
    ("a metric twice", '{"name": "loss", "goal": "minimize"}',
     '[{"name": "loss", "goal": "minimize"}, {"name": "loss", "goal": "maximize"}]', ""),
    ("a bad expression", '"goal": "minimize"', '"goal": "minimize", "value": "0.5 * (a + b"', ""),
    # The parameters.
    ("no type", '{"type": "int", ', "{", ""),
    ("an unknown type", '"type": "int"', '"type": "integer"', ""),
    ("bounds the wrong way round", '"min": 1e-5, "max": 0.1', '"min": 0.1, "max": 0.01', ""),
    ("a log range from zero", '"min": 1e-5', '"min": 0', ""),
    ("a log_int from zero", N, '{"type": "log_int", "min": 0, "max": 8}', ""),
    ("a fraction for an integer", '"max": 8', '"max": 8.5', ""),
    ("an integer beyond 2^53", '"max": 8', '"max": 9007199254740993', ""),
    ("a step on a log range", LR, '{"type": "log_uniform", "min": 1e-5, "max": 0.1, "step": 0.01}', ""),
    ("a step wider than the range", N, '{"type": "int", "min": 1, "max": 8, "step": 9}', ""),
    ("one choice in three disguises", CHOICES, "[1, true, 1.0]", ""),
    ("a choice that is a list", CHOICES, '["adam", ["sgd"]]', ""),
    ("no choices", CHOICES, "[]", ""),
    ("W&B's exponents", '"type": "log_uniform"', '"distribution": "log_uniform"', ""),
    ("a parameter's unknown key", '"max": 8', '"maks": 8', ""),
    # Conditions and constraints.
    ("a condition on an unknown name", "opt == 'sgd'", "optt == 'sgd'", ""),
    ("a condition on itself", "opt == 'sgd'", "mom > 0.6", ""),
    ("a condition that never holds", "opt == 'sgd'", "opt == 'sdg'", ""),
    ("a chained comparison", "opt == 'sgd'", "1 < n < 3", ""),
    ("text below a number", "opt == 'sgd'", "opt < 3", ""),
    ("arithmetic in a condition", "opt == 'sgd'", "n + 1 == 3", ""),
    ("a constraint that is a number", "n * lr <= 1", "n * lr", ""),
    ("a constraint on an unknown name", "n * lr <= 1", "m * lr <= 1", ""),
    # The first configurations.
    ("an initial value out of bounds", '"max_trials": 5', '"max_trials": 5, "initial": [{"n": 9}]', ""),
    ("an initial value that is inactive", '"max_trials": 5',
     '"max_trials": 5, "initial": [{"opt": "adam", "mom": 0.6}]', ""),
    ("an initial unknown name", '"max_trials": 5', '"max_trials": 5, "initial": [{"lrr": 0.1}]', ""),
    # The trial.
    ("an unknown name in the command", "{n}", "{nn}", ""),
    ("a lonely brace", "{n}", "n}", ""),
    ("no command", '"command": ["sh", "-c", "echo {lr} {n}"]', '"cwd": "."', ""),
    ("an empty command", '["sh", "-c", "echo {lr} {n}"]', "[]", ""),
    ("a pattern that does not compile", '"trial": {', '"trial": {"capture": ["loss=(?P<loss>[0-9.+"], ', ""),
    ("a pattern without a named group", '"trial": {', '"trial": {"capture": ["loss=([0-9.]+)"], ', ""),
    ("negative retries", '"trial": {', '"trial": {"retries": -1, ', ""),
    ("an unknown kind of trial", '"trial": {', '"trial": {"kind": "docker", ', ""),
]
