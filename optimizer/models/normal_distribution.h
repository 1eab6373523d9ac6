// The distribution function of the standard normal; its inverse is normal_quantile of
// search_space/random.h.
#pragma once

#include <numbers>

#include "search_space/portable_math.h"

namespace autoglm {

/// Phi(z), within about 6 + z^2 units in the last place: z / sqrt(2) is rounded.
inline double normal_distribution(double z) { return portable::erfc(-z / std::numbers::sqrt2) / 2; }

}  // namespace autoglm
