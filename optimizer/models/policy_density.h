// The normal distribution cut to [0, 1]: the head of a number in a policy that is learnt by
// likelihood ratios, which need the logarithm of its density and its gradient.
#pragma once

#include "search_space/random.h"

namespace autoglm {

struct CutNormal {
  double mean = 0.5;        // of the normal distribution before it is cut, in [0, 1]
  double deviation = 0.25;  // likewise, > 0
};

/// A logarithm with its derivatives by the parameters.
struct LogDensity {
  double value = 0;
  double by_mean = 0;
  double by_deviation = 0;
};

/// Of the probability of the cell [from, to], per unit of its width; of the density where they are
/// equal. 0 for a uniform distribution.
LogDensity log_density(const CutNormal& normal, double from, double to);

double draw(const CutNormal& normal, Rng& rng);

}  // namespace autoglm
