"""Tests of the benchmark itself: build/bench/main/bin/python bench/search/test_search.py"""

import itertools
import tempfile
import unittest

import numpy

import ranking
import traces
from problems import Problem, categorical, conditional, coco
from space import Space, categorical as choice, uniform
from tuners import optuna_tuners


def trace(tuner, values, problem="p", seed=0, judged=None):
    return {"problem": problem, "identity": "i", "tuner": tuner, "version": "v", "seed": seed,
            "trials": 4, "values": values, "judged": judged or {}, "ms": [1.0] * len(values),
            "error": None}


def line(optimum=None):
    """x itself, from 0 to 1."""
    return Problem("p", "numeric", "design", Space([uniform("x", 0, 1)]),
                   lambda params, number, seed: params["x"], optimum=optimum)


class CountingTuner:
    """Proposes 0.0, 0.1, 0.2, … and remembers the order in which it is told."""

    def __init__(self):
        self.asked, self.told = 0, []

    def ask(self):
        self.asked += 1
        return self.asked - 1, {"x": (self.asked - 1) / 10}

    def tell(self, number, value):
        self.told.append(number)

    def recommended(self):
        return None


class Problems(unittest.TestCase):
    def test_the_optimum_of_a_tree_is_reached_at_the_best_of_its_terms(self):
        for seed in range(5):
            rng = numpy.random.default_rng(seed)
            root = conditional.Choice("algorithm", rng, 3, {})
            self.assertAlmostEqual(root(_best_of(root)), root.least())

    def test_no_configuration_of_a_tree_is_below_its_optimum(self):
        problem, rng = conditional.tree("design", 2, 2), numpy.random.default_rng(1)
        values = [problem.evaluate(problem.space.draw(rng), 0, 0) for _ in range(300)]
        self.assertGreaterEqual(min(values), problem.optimum)

    def test_the_optimum_of_categories_is_the_best_of_all_combinations(self):
        problem = categorical.categories("design", 7, (3, 2, 4), 0)
        combinations = itertools.product(*(parameter.choices for parameter in problem.space))
        names = [parameter.name for parameter in problem.space]
        best = min(problem.evaluate(dict(zip(names, values)), 0, 0) for values in combinations)
        self.assertAlmostEqual(best, problem.optimum)

    def test_the_optimum_of_a_sphere_is_what_coco_adds_to_it(self):
        problem = coco.coco("bbob", "numeric", "design", 1, 5, 2)
        self.assertAlmostEqual(problem.optimum, 394.48)  # f_opt of f1, instance 2

    def test_optuna_is_asked_for_active_parameters_only(self):
        space = Space([choice("a", ["u", "v"]), uniform("b", 0, 1, parent="a", on=("u",)),
                       choice("c", ["s", "t"], parent="a", on=("v",)),
                       uniform("d", 0, 1, parent="c", on=("t",))])
        problem = Problem("p", "conditional", "design", space, None)
        tuner = optuna_tuners.random(problem, 0, 50)
        shapes = {tuple(tuner.ask()[1]) for _ in range(50)}
        self.assertEqual(shapes, {("a", "b"), ("a", "c"), ("a", "c", "d")})


class Runs(unittest.TestCase):
    def test_every_trial_is_told_once_however_many_run_at_a_time(self):
        for workers in (1, 3, 20):
            tuner = CountingTuner()
            result = traces.run(line(), tuner, seed=1, trials=10, workers=workers)
            self.assertEqual(sorted(tuner.told), list(range(10)))
            self.assertEqual(result["values"], [number / 10 for number in tuner.told])

    def test_with_one_worker_trials_are_told_in_their_order(self):
        tuner = CountingTuner()
        traces.run(line(), tuner, seed=1, trials=5)
        self.assertEqual(tuner.told, [0, 1, 2, 3, 4])

    def test_what_counts_is_the_best_so_far_and_infinite_before(self):
        self.assertEqual(traces.curve(trace("a", [3.0, 5.0, 2.0])), [3.0, 3.0, 2.0, 2.0])

    def test_where_there_is_noise_the_last_recommendation_counts(self):
        noisy = trace("a", [3.0, 5.0, 2.0, 1.0], judged={"2": 4.0, "4": 4.5})
        self.assertEqual(traces.curve(noisy), [float("inf"), 4.0, 4.0, 4.5])

    def test_a_trace_comes_back_from_a_folder_and_from_a_package(self):
        with tempfile.TemporaryDirectory() as folder:
            store = traces.Store(folder)
            store.add(trace("a", [1.0]))
            self.assertEqual(traces.Store(folder).traces, store.traces)
            package = traces.pathlib.Path(folder) / "x.jsonl.xz"
            traces.pack(store.traces.values(), package)
            self.assertEqual(traces.Store(folder + "/none", [package]).traces, store.traces)


class Rankings(unittest.TestCase):
    def setUp(self):
        compared = [trace("a", [5.0, 1.0, 1.0, 1.0]), trace("b", [4.0, 4.0, 4.0, 1.0]),
                    trace("c", [3.0, 3.0, 3.0, 3.0])]
        reference = [trace("r", [9.0, 9.0, 9.0, end]) for end in (4.0, 5.0, 9.0)]
        problem = line(optimum=1.0)
        self.scope = ranking.Comparison([problem], compared, reference, compared).within([problem])

    def test_regret_is_1_at_the_median_of_random_search(self):
        self.assertEqual(self.scope.at(1).tolist(), [[1.0, 0.75, 0.5]])

    def test_equal_results_share_their_ranks(self):
        self.assertEqual(self.scope.ranks(4).tolist(), [[1.5, 1.5, 3.0]])

    def test_trials_to_reach_a_result_are_counted_from_1(self):
        self.assertEqual(self.scope.trials_to_reach("a", "c")["median"], 2)
        self.assertIsNone(self.scope.trials_to_reach("c", "a")["median"])


def _best_of(node):
    """The best configuration below a choice of a tree."""
    totals = {choice: penalty + (node.below[choice].least() if choice in node.below else 0)
              for choice, penalty in zip(node.parameter.choices, node.penalties)}
    best = min(totals, key=totals.get)
    term = node.terms[best]
    params = {node.parameter.name: best}
    params |= {parameter.name: value for parameter, value in zip(term.parameters, term.best)}
    return params | (_best_of(node.below[best]) if best in node.below else {})


if __name__ == "__main__":
    unittest.main()
