// What a study asks about all of its trials before each new one, kept up to date as they change:
// counting anew each time would take quadratic time.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "optimizer/history.h"

namespace autoglm {

class Tally {
 public:
  explicit Tally(const History& history);

  /// Call whenever a trial was added or its state changed.
  void note(const Trial& trial, const Objective& objective);

  /// The lowest number of those that wait.
  std::optional<std::int64_t> first_waiting() const;
  /// Against max_trials: all but abandoned ones.
  std::int64_t counted() const { return trials_ - static_cast<std::int64_t>(abandoned_.size()); }
  /// Those that run elsewhere.
  const std::set<std::int64_t>& external() const { return external_; }
  /// The lowest number of the complete ones that reach the objective's targets.
  std::optional<std::int64_t> target_reached_by() const { return target_reached_by_; }

 private:
  std::set<std::int64_t> waiting_{};
  std::set<std::int64_t> external_{};
  std::set<std::int64_t> abandoned_{};
  std::int64_t trials_ = 0;
  std::optional<std::int64_t> target_reached_by_{};
};

}  // namespace autoglm
