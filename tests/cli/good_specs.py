"""Specs without a mistake, each with something that the others have not."""

import copy
import json
import pathlib
import re

from bad_specs import BASE

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"


def without_comments(text):
    """JSON as json.loads takes it; no string of these specs holds // or /*."""
    return re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL)


def changed(**changes):
    spec = json.loads(BASE)
    for path, value in changes.items():
        *way, last = path.split("__")
        node = spec
        for key in way:
            node = node[key]
        node[last] = value
    return spec


def renamed(old, new, *way):
    spec = json.loads(BASE)
    node = spec
    for key in way:
        node = node[key]
    node[new] = node.pop(old)
    return spec


def good_specs():
    """(name, spec) pairs."""
    yield "the base", json.loads(BASE)
    yield "no trial", {k: v for k, v in json.loads(BASE).items() if k != "trial"}
    yield "several metrics", changed(metric=[{"name": "a", "goal": "minimize"},
                                             {"name": "b", "goal": "maximize"}])
    yield "an expression", changed(metric={"name": "s", "goal": "maximize", "value": "a / b",
                                           "reduce": "mean_last_5", "target": 3})
    yield "metrics", renamed("metric", "metrics")
    yield "keys of one's own", changed(**{"x-note": [1, {}], "metric__x-why": 1,
                                          "parameters__x-old": 3})
    for searcher in ("auto", {"type": "auto"}, {"type": "gp", "acquisition": "ei", "kappa": 2},
                     {"type": "gp", "neglected": 0, "neglected_below": 1, "duration_weight": 0.5},
                     {"type": "grid", "points": 3}, {"type": "policy_gradient"}, "sobol"):
        yield f"searcher {searcher}", changed(searcher=searcher)
    for rule in ("none", "median", {"type": "asha", "min_steps": 1, "max_steps": 27, "reduction": 3},
                 {"type": "median", "warmup_steps": 3}):
        yield f"early stopping {rule}", changed(early_stopping=rule)
    yield "a searcher's alias", renamed("searcher", "sampler")
    yield "a budget's alias", renamed("max_trials", "run_cap")
    yield "a goal's alias", renamed("goal", "direction", "metric")
    yield "a choice's alias", renamed("choices", "values", "parameters", "opt")
    yield "a bound's alias", renamed("min", "low", "parameters", "n")
    for domain in ({"type": "constant", "value": None}, {"type": "ordinal", "choices": [1, "a", False]},
                   {"type": "log_int", "min": 1, "max": 1024}, {"type": "int", "min": 1, "max": 9, "q": 2},
                   {"type": "uniform", "min": 0, "max": 1, "step": 0.1}):
        yield f"parameter {domain}", changed(parameters__extra=domain)
    yield "everything of a command", changed(trial={
        "kind": "command", "command": "echo {lr}", "cwd": ".", "env": {"A": "{n}"}, "timeout": "1.5h",
        "grace": "500ms", "retries": 2, "max_attempts": 3, "seeds": 2, "gpus": 0,
        "capture": ["loss=(?P<loss>[0-9.]+)"]})
    yield "groups of arguments", changed(trial__command=["prog", ["--momentum", "{mom}"], "{n}"])
    yield "the rest", changed(**{"$schema": "autoglm.schema.json", "timeout": "2h", "seed": 7, "parallel": 4,
                                 "max_failures": 3, "initial": [{"lr": 0.01}]})
    for path in sorted(EXAMPLES.glob("*/*.json")):
        spec = json.loads(without_comments(path.read_text()))
        if "parameters" in spec:
            yield str(path.relative_to(EXAMPLES)), copy.deepcopy(spec)
