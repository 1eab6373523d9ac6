// What can be said of a study as a whole: for reports, progress and exit codes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "optimizer/history.h"

namespace autoglm {

struct TrialCounts {
  std::array<std::int64_t, 8> by_state{};  // indexed by TrialState
  std::int64_t operator[](TrialState state) const {
    return by_state[static_cast<std::size_t>(state)];
  }
  std::int64_t counted = 0;  // against max_trials: all but abandoned
};

TrialCounts count_trials(const std::vector<Trial>& trials);

/// Whether `trial` is complete and, by the first objective, better than `best` (nullptr: than
/// nothing); of equal ones the lower number is.
bool is_better(const Trial& trial, const Trial* best, const Objective& objective);

/// The best complete trial by the first objective; of equal ones the lower number; nullptr: none.
const Trial* best_trial(const std::vector<Trial>& trials, const Objective& objective);

/// Whether costs `a` are nowhere greater than `b`, and somewhere smaller.
bool dominates(const std::vector<double>& a, const std::vector<double>& b);

/// Numbers of the non-dominated complete trials, ascending.
std::vector<std::int64_t> pareto_front(const std::vector<Trial>& trials,
                                       const Objective& objective);

}  // namespace autoglm
