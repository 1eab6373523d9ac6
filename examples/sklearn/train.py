"""Gradient-boosted trees on scikit-learn's digits, ten more trees a step, reported as lines of JSON."""

import argparse
import json

from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, required=True)
parser.add_argument("--max-depth", type=int, required=True)
parser.add_argument("--subsample", type=float, default=1.0)
parser.add_argument("--steps", type=int, default=9)
options = parser.parse_args()

images, labels = load_digits(return_X_y=True)
images, check_images, labels, check_labels = train_test_split(images[:600], labels[:600], test_size=0.5,
                                                              random_state=0)
model = GradientBoostingClassifier(learning_rate=options.learning_rate, max_depth=options.max_depth,
                                   subsample=options.subsample, n_estimators=1, warm_start=True,
                                   max_features=8, random_state=0)
for step in range(1, options.steps + 1):
    model.n_estimators = 2 * step
    model.fit(images, labels)
    chances = model.predict_proba(check_images)
    print(json.dumps({"step": step, "loss": log_loss(check_labels, chances),
                      "accuracy": model.score(check_images, check_labels)}), flush=True)
