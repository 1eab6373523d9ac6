#include "trainer/nn/run/regression_metrics.h"

#include <cassert>
#include <cmath>
#include <limits>

namespace autoglm::nn {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double r2(double squares, double variation, std::int64_t rows) {
  if (rows < 2 || !std::isfinite(squares)) {
    return kNone;
  }
  if (variation == 0) {
    return squares == 0 ? 1 : 0;
  }
  return 1 - squares / variation;
}

}  // namespace

RegressionMetrics::RegressionMetrics(std::int64_t columns)
    : sums_(static_cast<std::size_t>(columns)) {
  assert(columns >= 1);
}

void RegressionMetrics::add(std::span<const float> predictions, std::span<const float> targets) {
  assert(predictions.size() == targets.size() && targets.size() % sums_.size() == 0);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const std::size_t column = i % sums_.size();
    rows_ += column == 0 ? 1 : 0;
    Sums& sums = sums_[column];
    const double target = targets[i];
    const double error = predictions[i] - target;
    sums.squares += error * error;
    sums.distances += std::abs(error);
    // Welford, "Note on a method for calculating corrected sums of squares and products",
    // Technometrics 4(3), 1962: exactly 0 where all targets are equal.
    const double from_old_mean = target - sums.mean;
    sums.mean += from_old_mean / static_cast<double>(rows_);
    sums.variation += from_old_mean * (target - sums.mean);
  }
}

RegressionScores RegressionMetrics::result(double loss_sum) const {
  if (rows_ == 0) {
    return {.loss = kNone, .mse = kNone, .rmse = kNone, .mae = kNone, .r2 = kNone};
  }
  const auto n = static_cast<double>(rows_);
  RegressionScores scores{.loss = loss_sum / n};
  for (const Sums& sums : sums_) {
    scores.mse += sums.squares / n;
    scores.rmse += std::sqrt(sums.squares / n);
    scores.mae += sums.distances / n;
    scores.r2 += r2(sums.squares, sums.variation, rows_);
  }
  const auto columns = static_cast<double>(sums_.size());
  scores.mse /= columns;
  scores.rmse /= columns;
  scores.mae /= columns;
  scores.r2 /= columns;
  return scores;
}

}  // namespace autoglm::nn
