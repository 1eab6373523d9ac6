// When failures end a study. Judged over the trials that one run of it ended, while trials remain.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "optimizer/planner.h"

namespace autoglm {

class FailureLimit {
 public:
  /// `max_failures`: this many failed trials; none: ten with none complete yet. And the first three
  /// trials that end failing alike, and three in succession whose device failed. `defaults` false:
  /// nothing but a `max_failures` that is given.
  FailureLimit(std::optional<std::int64_t> max_failures, bool defaults);

  /// A trial is over. `likeness` is that of its failure, equal for failures alike; an empty one
  /// does not count as a failure. Infeasible and abandoned trials count for nothing.
  /// `device_failed`: so the trial said.
  void note(const Trial& trial, const std::string& likeness, bool device_failed = false);

  /// "max_failures", "failed_alike" or "device_failed".
  std::optional<Done> reached() const;

 private:
  std::optional<std::int64_t> max_failures_;
  bool defaults_;
  std::int64_t failures_ = 0;
  std::int64_t complete_ = 0;
  std::int64_t device_failures_ = 0;  // in succession
  std::vector<std::string> first_{};  // likenesses of the first three that ended; empty: no failure
  std::string last_{};                // the last failure, for people
};

}  // namespace autoglm
