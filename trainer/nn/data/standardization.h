// What makes stored features fit for training: missing values filled in, mean 0, deviation 1.
#pragma once

#include <cstdint>
#include <vector>

namespace autoglm::nn {

/// x = (stored - mean) scale, where the numbers are those of the feature, or, in images, of the
/// channel: feature i uses place i % size(). Fitted on the training part alone.
///
/// The deviation is that of the values themselves (divided by their count, not by one less);
/// missing ones do not count. A feature that never changes in the training part is 0 everywhere,
/// and so is a category that never occurs in it. Where nothing is to be standardised, scale is 1
/// and mean 0.
struct Standardization {
  std::vector<double> mean{};    // of stored values
  std::vector<double> scale{};   // 1 / deviation, or 0
  std::vector<float> missing{};  // the x of a missing value
  std::vector<float> zero{};     // the x of a number that is 0 in the file
  double target_mean = 0;        // regression: of the training part, in the target's unit
  double target_deviation = 1;   // likewise; 1 where the target never changes

  /// From stored to x, both [count]; may be the same. `count` is a multiple of mean.size().
  void apply(const float* stored, std::int64_t count, float* x) const;
};

}  // namespace autoglm::nn
