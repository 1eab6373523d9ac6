#include "trainer/nn/run/regression_metrics.h"

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

void RegressionMetrics::add(double prediction, double target) {
  ++rows_;
  const double error = prediction - target;
  squares_ += error * error;
  distances_ += std::abs(error);
  // Welford, "Note on a method for calculating corrected sums of squares and products",
  // Technometrics 4(3), 1962: exactly 0 where all targets are equal.
  const double from_old_mean = target - mean_;
  mean_ += from_old_mean / static_cast<double>(rows_);
  variation_ += from_old_mean * (target - mean_);
}

RegressionScores RegressionMetrics::result(double loss_sum) const {
  if (rows_ == 0) {
    return {.loss = kNone, .mse = kNone, .rmse = kNone, .mae = kNone, .r2 = kNone};
  }
  const auto n = static_cast<double>(rows_);
  return {.loss = loss_sum / n,
          .mse = squares_ / n,
          .rmse = std::sqrt(squares_ / n),
          .mae = distances_ / n,
          .r2 = r2(squares_, variation_, rows_)};
}

}  // namespace autoglm::nn
