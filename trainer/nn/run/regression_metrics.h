// How well a network predicts numbers on a part of the data.
//
// With e = prediction - target: mse is the mean of e^2, rmse its root, mae the mean of |e|, r2 is
// 1 - (sum of e^2) / (sum of (target - mean of targets)^2); if all targets are equal, 1 where there
// is no error and else 0. These are scikit-learn's mean_squared_error, root_mean_squared_error,
// mean_absolute_error, r2_score.
#pragma once

#include <cstdint>

namespace autoglm::nn {

/// All NaN if there are no rows; r2 also with one row. What is not finite in predictions or targets
/// shows in all of them.
struct RegressionScores {
  double loss = 0;  // mean
  double mse = 0;   // in the targets' unit squared
  double rmse = 0;  // in the targets' unit, as mae
  double mae = 0;
  double r2 = 0;
};

/// Adds up rows in the order in which they come, so the batches that they come in make no
/// difference. Its memory does not depend on the number of rows.
class RegressionMetrics {
 public:
  /// Both in the targets' unit, in f64: around 1.7e9 numbers of f32 are 128 apart.
  void add(double prediction, double target);

  std::int64_t rows() const { return rows_; }
  /// loss_sum: over all rows.
  RegressionScores result(double loss_sum) const;

 private:
  double squares_ = 0;
  double distances_ = 0;
  double mean_ = 0;       // of targets
  double variation_ = 0;  // sum of (target - mean)^2
  std::int64_t rows_ = 0;
};

}  // namespace autoglm::nn
