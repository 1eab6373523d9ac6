// Reference values: metrics_reference.py.
#include "trainer/nn/run/regression_metrics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace autoglm::nn {
namespace {

using doctest::Approx;

// `targets` and `predictions` of metrics_reference.py.
struct MadeNumbers {
  MadeNumbers() {
    for (int i = 0; i < 30; ++i) {
      targets.push_back(static_cast<double>(i * i % 17) / 4);
      predictions.push_back(targets.back() + static_cast<double>(i * i % 7 - 2) / 8);
    }
  }
  std::vector<double> targets{};
  std::vector<double> predictions{};
};

RegressionScores scores_of(const std::vector<double>& predictions,
                           const std::vector<double>& targets) {
  RegressionMetrics metrics;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    metrics.add(predictions[i], targets[i]);
  }
  CHECK(metrics.rows() == std::ssize(targets));
  return metrics.result(0);
}

TEST_CASE("scores agree with scikit-learn") {
  const MadeNumbers made;
  const RegressionScores scores = scores_of(made.predictions, made.targets);
  CHECK(scores.mse == Approx(0.03177083333333333));
  CHECK(scores.rmse == Approx(0.17824374696839532));
  CHECK(scores.mae == Approx(0.14583333333333334));
  CHECK(scores.r2 == Approx(0.9840792037861915).epsilon(1e-12));
}

TEST_CASE("equal targets leave nothing to explain, as in scikit-learn") {
  const RegressionScores wrong = scores_of({0.5, 0.5, 0.75}, {0.5, 0.5, 0.5});
  CHECK(wrong.mse == Approx(0.020833333333333332));
  CHECK(wrong.mae == Approx(0.08333333333333333));
  CHECK(wrong.r2 == 0);
  CHECK(scores_of({0.1, 0.1, 0.1}, {0.1, 0.1, 0.1}).r2 == 1);
}

// Regression: they were rounded to f32, in which all targets and all predictions were equal.
TEST_CASE("targets far from zero keep their errors and their variation") {
  MadeNumbers made;
  for (std::size_t i = 0; i < made.targets.size(); ++i) {
    made.targets[i] += 1.7e9;
    made.predictions[i] += 1.7e9;
  }
  const RegressionScores scores = scores_of(made.predictions, made.targets);
  CHECK(scores.mse == Approx(0.03177083333333333).epsilon(1e-6));
  CHECK(scores.rmse == Approx(0.17824374696839532).epsilon(1e-6));
  CHECK(scores.mae == Approx(0.14583333333333334).epsilon(1e-6));
  CHECK(scores.r2 == Approx(0.9840792037861915).epsilon(1e-6));
}

TEST_CASE("a prediction that is no number shows in every score") {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const RegressionScores scores = scores_of({1, bad, 3}, {1, 2, 3});
    CHECK_FALSE(std::isfinite(scores.mse));
    CHECK_FALSE(std::isfinite(scores.rmse));
    CHECK_FALSE(std::isfinite(scores.mae));
    CHECK_FALSE(std::isfinite(scores.r2));
  }
}

TEST_CASE("without rows no regression score is a number, and r2 wants two") {
  const RegressionScores none = RegressionMetrics().result(0);
  for (const double score : {none.loss, none.mse, none.rmse, none.mae, none.r2}) {
    CHECK(std::isnan(score));
  }
  const RegressionScores one = scores_of({2}, {1});
  CHECK(one.mse == 1);
  CHECK(std::isnan(one.r2));
}

TEST_CASE("the loss is the mean of what it was told") {
  RegressionMetrics metrics;
  metrics.add(1, 0);
  metrics.add(2, 0);
  CHECK(metrics.result(5).loss == 2.5);
}

}  // namespace
}  // namespace autoglm::nn
