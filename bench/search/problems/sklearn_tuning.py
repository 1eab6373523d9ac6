"""Learners of scikit-learn on its own data, tuned on noise: each evaluation trains on one random
split, which the trial's number and the run's seed choose. The true value of a configuration is its
mean over fixed splits."""

import functools
import warnings
import zlib

import numpy
from sklearn import datasets
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from problems import DESIGN, HELD_OUT, Problem
from space import Space, categorical, integer, log_integer, log_uniform, uniform

TRUE_SPLITS = 25


def _svc_digits():
    space = Space([
        log_uniform("C", 1e-3, 1e3), categorical("kernel", ["rbf", "poly", "sigmoid"]),
        log_uniform("gamma", 1e-5, 1.0), integer("degree", 2, 5, parent="kernel", on=("poly",)),
        uniform("coef0", -1.0, 1.0, parent="kernel", on=("poly", "sigmoid"))])
    return _problem("svc-digits", DESIGN, space, datasets.load_digits, 300,
                    lambda params, seed: SVC(**params, max_iter=2000))


def _forest_wine():
    space = Space([
        log_integer("n_estimators", 2, 30), integer("max_depth", 1, 10),
        uniform("max_features", 0.05, 1.0), integer("min_samples_leaf", 1, 20),
        categorical("criterion", ["gini", "entropy"]), categorical("bootstrap", ["yes", "no"])])

    def learner(params, seed):
        return RandomForestClassifier(**{**params, "bootstrap": params["bootstrap"] == "yes"},
                                      random_state=seed)

    return _problem("forest-wine", HELD_OUT, space, datasets.load_wine, 60, learner)


def _mlp_digits():
    space = Space([
        categorical("solver", ["adam", "sgd"]), log_uniform("learning_rate_init", 1e-4, 1.0),
        uniform("momentum", 0.0, 0.99, parent="solver", on=("sgd",)),
        log_uniform("alpha", 1e-6, 10.0), log_integer("units", 4, 128),
        log_integer("batch_size", 16, 128),
        categorical("activation", ["relu", "tanh", "logistic"])])

    def learner(params, seed):
        options = {key: value for key, value in params.items() if key != "units"}
        return MLPClassifier((params["units"],), max_iter=8, random_state=seed, **options)

    return _problem("mlp-digits", HELD_OUT, space, datasets.load_digits, 300, learner)


def _svr_diabetes():
    space = Space([
        categorical("kernel", ["rbf", "poly", "linear"]), log_uniform("C", 1e-2, 1e4),
        log_uniform("epsilon", 1e-1, 1e2),
        log_uniform("gamma", 1e-5, 1.0, parent="kernel", on=("rbf", "poly")),
        integer("degree", 2, 4, parent="kernel", on=("poly",))])
    return _problem("svr-diabetes", HELD_OUT, space, datasets.load_diabetes, 250,
                    lambda params, seed: SVR(**params, max_iter=3000))


def _boosting_breast_cancer():
    space = Space([
        log_uniform("learning_rate", 1e-3, 1.0), log_integer("max_iter", 2, 20),
        integer("max_leaf_nodes", 2, 31), log_integer("min_samples_leaf", 1, 64),
        log_uniform("l2_regularization", 1e-6, 1e2), uniform("max_features", 0.05, 1.0)])
    return _problem(
        "boosting-breast-cancer", DESIGN, space, datasets.load_breast_cancer, 150,
        lambda params, seed: HistGradientBoostingClassifier(**params, random_state=seed))


def _problem(name, half, space, load, train_size, learner):
    @functools.cache
    def data():
        loaded = load()
        return loaded.data, loaded.target

    def loss(params, seed):
        """One minus the accuracy, or one minus R², on what is not trained on."""
        x, y = data()
        xs, xt, ys, yt = train_test_split(x, y, train_size=train_size, random_state=seed)
        model = make_pipeline(StandardScaler(), learner(params, seed))
        with warnings.catch_warnings(), numpy.errstate(all="ignore"):
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.simplefilter("ignore", RuntimeWarning)
            try:
                score = model.fit(xs, ys).score(xt, yt)
            except ValueError:  # the weights of a network that diverged are not finite
                score = 0.0
        return 1 - max(float(score), -1.0)

    def evaluate(params, trial, seed):
        return loss(params, zlib.crc32(f"{name} {seed} {trial}".encode()) | 1 << 31)

    @functools.cache
    def mean_loss(items):
        return float(numpy.mean([loss(dict(items), split) for split in range(TRUE_SPLITS)]))

    def true_value(params):
        return mean_loss(tuple(params.items()))

    return Problem(name, "noisy", half, space, evaluate, true_value)


def standard():
    return [_svc_digits(), _boosting_breast_cancer(), _mlp_digits(), _svr_diabetes()]


def overnight():
    return [_forest_wine()]
