"""YAHPO Gym's surrogates of real tunings (Pfisterer et al., 2022), from a folder with its data:
SCENARIO/model.onnx, encoding.json and config_space.json, as in the repository yahpo_data."""

import json

import numpy
import onnxruntime

from problems import DESIGN, HELD_OUT, Problem
from space import Space, categorical, integer, log_integer, log_uniform, uniform


class Scenario:
    """What YAHPO Gym knows of a scenario: the order of the inputs and outputs of its network, the
    name of the instance, what stays fixed, and what is to become small (or large: `sign` -1)."""

    def __init__(self, name, instance, numbers, categories, outputs, *, fixed, output, sign=1):
        self.name, self.instance = name, instance
        self.numbers, self.categories = numbers.split(), categories.split()
        self.fixed, self.sign = fixed, sign
        self.output = outputs.split().index(output)


RBV2_OUTPUTS = "acc bac auc brier f1 logloss timetrain timepredict memory"
SCENARIOS = {scenario.name: scenario for scenario in (
    Scenario("lcbench", "OpenML_task_id",
             "epoch batch_size learning_rate momentum weight_decay num_layers max_units "
             "max_dropout",
             "OpenML_task_id",
             "time val_accuracy val_cross_entropy val_balanced_accuracy test_cross_entropy "
             "test_balanced_accuracy",
             fixed={"epoch": 52}, output="val_accuracy", sign=-1),
    Scenario("rbv2_xgboost", "task_id",
             "nrounds eta gamma lambda alpha subsample max_depth min_child_weight colsample_bytree "
             "colsample_bylevel rate_drop skip_drop trainsize repl",
             "task_id booster num.impute.selected.cpo",
             RBV2_OUTPUTS, fixed={"trainsize": 1.0, "repl": 10}, output="logloss"),
    Scenario("rbv2_rpart", "task_id", "cp maxdepth minbucket minsplit trainsize repl",
             "task_id num.impute.selected.cpo",
             RBV2_OUTPUTS, fixed={"trainsize": 1.0, "repl": 10}, output="logloss"))}


class Surrogate:
    """The network of a scenario, read from its folder."""

    def __init__(self, folder, scenario):
        self.scenario = scenario
        self.encoding = json.loads((folder / scenario.name / "encoding.json").read_text())
        description = json.loads((folder / scenario.name / "config_space.json").read_text())
        self.space = _space(description, {scenario.instance, *scenario.fixed})
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(folder / scenario.name / "model.onnx"), options,
            providers=["CPUExecutionProvider"])

    def __call__(self, params, instance):
        """The output that is tuned; what is not active is 0 or #na#, as YAHPO Gym has it."""
        known = {**params, **self.scenario.fixed, self.scenario.instance: instance}
        numbers = [[known.get(name, 0) for name in self.scenario.numbers]]
        codes = [[self.encoding[name][known.get(name, "#na#")]
                  for name in self.scenario.categories]]
        outputs = self.session.run(None, {"x_cat": numpy.array(codes, numpy.int32),
                                          "x_cont": numpy.array(numbers, numpy.float32)})
        return self.scenario.sign * float(outputs[0][0, self.scenario.output])

    def problem(self, half, instance):
        def evaluate(params, trial, seed):
            return self(params, instance)

        return Problem(f"{self.scenario.name}-{instance}", "surrogate", half, self.space, evaluate)


def _space(description, left_out):
    """The space that a config_space.json describes, parents first."""
    conditions = {condition["child"]: {"parent": condition["parent"], "on": tuple(
        condition["values"] if condition["type"] == "IN" else [condition["value"]])}
        for condition in description["conditions"]}
    parameters = [_parameter(entry, conditions.get(entry["name"], {}))
                  for entry in description["hyperparameters"] if entry["name"] not in left_out]
    return Space(sorted(parameters, key=lambda parameter: parameter.parent is not None))


def _parameter(entry, when):
    if entry["type"] == "categorical":
        return categorical(entry["name"], entry["choices"], **when)
    kinds = {("uniform_float", False): uniform, ("uniform_float", True): log_uniform,
             ("uniform_int", False): integer, ("uniform_int", True): log_integer}
    make = kinds[entry["type"], entry["log"]]
    return make(entry["name"], entry["lower"], entry["upper"], **when)


def _problems(folder, wanted):
    surrogates = {}
    for half, name, instance in wanted:
        if name not in surrogates:
            surrogates[name] = Surrogate(folder, SCENARIOS[name])
        yield surrogates[name].problem(half, instance)


def standard(folder):
    return list(_problems(folder, (
        (DESIGN, "lcbench", "34539"), (DESIGN, "rbv2_xgboost", "1489"),
        (HELD_OUT, "lcbench", "167168"), (HELD_OUT, "rbv2_rpart", "23"))))


def overnight(folder):
    return list(_problems(folder, (
        (HELD_OUT, "lcbench", "168331"), (HELD_OUT, "rbv2_xgboost", "1464"),
        (HELD_OUT, "rbv2_rpart", "40979"))))
