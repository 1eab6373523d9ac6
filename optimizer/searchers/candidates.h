// Configurations that an acquisition function is asked about: from anywhere, near good ones, and
// one exchange away.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "search_space/configuration.h"
#include "search_space/random.h"
#include "search_space/search_space.h"

namespace autoglm {

/// None of them is judged by constraints or by what was tried; all have the values of `fixed`.
class CandidateMaker {
 public:
  /// `reaches`: how far it is sensible to move each parameter, in units of its range, [parameters].
  /// Borrows space and fixed, which must outlive it.
  CandidateMaker(const SearchSpace& space, const Configuration& fixed, std::vector<double> reaches);

  Configuration anywhere(Rng& rng) const;

  /// Some or all parameters moved by normal steps whose size is drawn anew for each call, from
  /// coarse to fine (numbers), or exchanged (choices without order).
  Configuration near(const Configuration& centre, Rng& rng) const;

  /// Each other value of a parameter with few, and steps of 1, 2, 4, ... for one with many, the
  /// rest unchanged. What an exchange activates is drawn from anywhere.
  std::vector<Configuration> exchanges(const Configuration& centre, Rng& rng) const;

 private:
  Configuration with_value(const Configuration& centre, const Parameter& parameter,
                           const Value& value, Rng& rng) const;
  std::vector<Value> alternatives(const Parameter& parameter, const Value& value) const;

  const SearchSpace& space_;
  const Configuration& fixed_;
  std::vector<double> reaches_;
};

}  // namespace autoglm
