// The best trials of a study, kept up to date trial by trial: looking through all of them at each
// answer would take quadratic time.
#pragma once

#include <cstdint>
#include <vector>

#include "optimizer/objective.h"
#include "optimizer/trial.h"

namespace autoglm {

class Leaders {
 public:
  /// `objective` must outlive it.
  Leaders(const Objective& objective, const std::vector<Trial>& trials);

  /// REQUIRES: `trial` was not added before.
  void add(const Trial& trial);

  /// Numbers, ascending: with one metric the best complete trial (of equal ones the lowest number)
  /// or nothing, with several the non-dominated ones.
  const std::vector<std::int64_t>& numbers() const { return numbers_; }

 private:
  const Objective& objective_;
  std::vector<std::int64_t> numbers_{};
  std::vector<std::vector<double>> costs_{};  // of `numbers_`
};

}  // namespace autoglm
