#!/usr/bin/env python3
"""Prints the reference values in class_metrics_test.cpp and regression_metrics_test.cpp.

Needs numpy and scikit-learn; made with scikit-learn 1.9.
"""

import itertools

import numpy as np
from sklearn import metrics

NONE = float("nan")


def made_rows(rows, classes):
    """Scores with many ties. The last class neither is a label nor predicted, the one before is no
    label."""
    scores = [[(7 * i + 13 * c + 5 * i * c) % 11 for c in range(classes - 1)] + [-1]
              for i in range(rows)]
    labels = [(i * i + 3 * i) % (classes - 2) for i in range(rows)]
    return np.array(scores, dtype=float), labels


def without_numbers():
    """In the second row the label's score is none, in the third another's, in the last all are."""
    scores = [[0.7, 0.2, 0.1], [NONE, 0.6, 0.4], [0.5, NONE, 0.5], [NONE, NONE, NONE]]
    return np.array(scores), [0, 0, 2, 1]


def predicted(row):
    ranked = [c for c in range(len(row)) if not np.isnan(row[c])]
    return max(ranked, key=lambda c: (row[c], -c)) if ranked else -1


def ranking_scores(row, label, k):
    """The means over all orders that the scores allow; by hand, as scikit-learn has only NDCG."""
    if np.isnan(row[label]):
        return 0, 0, 0
    ranked = [c for c in range(len(row)) if not np.isnan(row[c])]
    equal = [c for c in ranked if row[c] == row[label]]
    ahead = sum(row[c] > row[label] for c in ranked)
    ranks = [ahead + 1 + order.index(label) for order in itertools.permutations(equal)]
    precision = np.mean([(r <= k) / k for r in ranks])
    gain = metrics.ndcg_score([[c == label for c in ranked]], [row[ranked]], k=k)
    assert np.isclose(gain, np.mean([(r <= k) / np.log2(r + 1) for r in ranks]))
    return precision, gain, np.mean([1 / r for r in ranks])


def classes(name, scores, labels, k):
    guesses = [predicted(row) for row in scores]
    occurring = sorted(set(labels) | set(guesses) - {-1})
    print(f"{name}:\n  accuracy", metrics.accuracy_score(labels, guesses))
    for average in "macro", "micro":
        values = metrics.precision_recall_fscore_support(
            labels, guesses, labels=occurring, average=average, zero_division=0)
        print(f"  {average}", *map(repr, map(float, values[:3])))
    means = np.mean([ranking_scores(row, label, k) for row, label in zip(scores, labels)], axis=0)
    print("  precision at k, ndcg, mrr", *map(repr, map(float, means)))


def numbers(name, targets, predictions):
    print(f"{name}: mse, rmse, mae, r2", *(repr(float(score(targets, predictions))) for score in (
        metrics.mean_squared_error, metrics.root_mean_squared_error, metrics.mean_absolute_error,
        metrics.r2_score)))


def main():
    classes("40 rows, 6 classes, k 3", *made_rows(40, 6), 3)
    classes("40 rows, 6 classes, k 9", *made_rows(40, 6), 9)
    classes("scores that are none, k 2", *without_numbers(), 2)
    targets = [(i * i) % 17 / 4 for i in range(30)]
    predictions = [t + (i * i % 7 - 2) / 8 for i, t in enumerate(targets)]
    numbers("30 rows", targets, predictions)
    numbers("equal targets, errors", [0.5, 0.5, 0.5], [0.5, 0.5, 0.75])
    numbers("equal targets, no errors", [0.5, 0.5, 0.5], [0.5, 0.5, 0.5])


if __name__ == "__main__":
    main()
