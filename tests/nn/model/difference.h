// How far numbers are from those that were expected.
#pragma once

#include <vector>

namespace autoglm::nn {

/// The greater of two distances; infinite where either is not finite. (std::max(most, NaN) is
/// `most`: with it, what is compared by its greatest difference may be NaN and passes.)
double farther(double one, double other);

/// max|a - b| / max|b|, or max|a - b| if b is 0 everywhere; infinite where a number of either is
/// not finite. REQUIRES: of the same size.
double difference(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace autoglm::nn
