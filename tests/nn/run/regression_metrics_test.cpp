// Reference values: metrics_reference.py.
#include "trainer/nn/run/regression_metrics.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

namespace autoglm::nn {
namespace {

using doctest::Approx;

// `targets` and `predictions` of metrics_reference.py.
struct MadeNumbers {
  MadeNumbers() {
    for (int i = 0; i < 30; ++i) {
      targets.push_back(static_cast<float>(i * i % 17) / 4);
      predictions.push_back(targets.back() + static_cast<float>(i * i % 7 - 2) / 8);
    }
  }
  std::vector<float> targets{};
  std::vector<float> predictions{};
};

RegressionScores scores_of(std::int64_t columns, const std::vector<float>& predictions,
                           const std::vector<float>& targets) {
  RegressionMetrics metrics(columns);
  metrics.add(predictions, targets);
  return metrics.result(0);
}

TEST_CASE("scores of one column agree with scikit-learn") {
  const MadeNumbers made;
  const RegressionScores scores = scores_of(1, made.predictions, made.targets);
  CHECK(scores.mse == Approx(0.03177083333333333));
  CHECK(scores.rmse == Approx(0.17824374696839532));
  CHECK(scores.mae == Approx(0.14583333333333334));
  CHECK(scores.r2 == Approx(0.9840792037861915).epsilon(1e-12));
}

TEST_CASE("several columns count alike, as in scikit-learn") {
  const MadeNumbers made;
  const RegressionScores scores = scores_of(2, made.predictions, made.targets);
  CHECK(scores.mse == Approx(0.03177083333333333));
  CHECK(scores.rmse == Approx(0.17818981631175357).epsilon(1e-12));
  CHECK(scores.mae == Approx(0.14583333333333331));
  CHECK(scores.r2 == Approx(0.9839855658003772).epsilon(1e-12));
}

TEST_CASE("equal targets leave nothing to explain, as in scikit-learn") {
  const RegressionScores wrong = scores_of(1, {0.5F, 0.5F, 0.75F}, {0.5F, 0.5F, 0.5F});
  CHECK(wrong.mse == Approx(0.020833333333333332));
  CHECK(wrong.mae == Approx(0.08333333333333333));
  CHECK(wrong.r2 == 0);
  CHECK(scores_of(1, {0.1F, 0.1F, 0.1F}, {0.1F, 0.1F, 0.1F}).r2 == 1);
}

TEST_CASE("targets far from zero keep their variation") {
  // The sum of their squares is 7.7e16, of which a double has no digit below 8.
  std::vector<float> targets(300);
  for (std::size_t i = 0; i < 300; ++i) {
    targets[i] = 1.6e7F + static_cast<float>(i % 3) - 1;
  }
  const RegressionScores scores = scores_of(1, std::vector<float>(300, 1.6e7F), targets);
  CHECK(scores.mse == Approx(2.0 / 3));
  CHECK(std::abs(scores.r2) < 1e-6);
}

TEST_CASE("batches of numbers make no difference, to the last bit") {
  const MadeNumbers made;
  RegressionMetrics metrics(2);
  metrics.add(std::span(made.predictions).first(4), std::span(made.targets).first(4));
  metrics.add(std::span(made.predictions).subspan(4), std::span(made.targets).subspan(4));
  CHECK(metrics.rows() == 15);
  const RegressionScores whole = scores_of(2, made.predictions, made.targets);
  CHECK(metrics.result(0).rmse == whole.rmse);
  CHECK(metrics.result(0).r2 == whole.r2);
}

TEST_CASE("a prediction that is no number shows in every score") {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const RegressionScores scores = scores_of(1, {1, bad, 3}, {1, 2, 3});
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
  const RegressionScores one = scores_of(1, {2}, {1});
  CHECK(one.mse == 1);
  CHECK(std::isnan(one.r2));
}

TEST_CASE("the loss is the mean of what it was told") {
  RegressionMetrics metrics;
  metrics.add(std::array{1.0F, 2.0F}, std::array{0.0F, 0.0F});
  CHECK(metrics.result(5).loss == 2.5);
}

}  // namespace
}  // namespace autoglm::nn
