// An early-stopping rule of ours: a pruner that can also say what its verdict rests on.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "optimizer/pruner.h"

namespace autoglm {

/// The trial's value at a step, and those that it is held against.
struct Comparison {
  struct Peer {
    std::int64_t trial = 0;
    double value = 0;
  };
  std::int64_t step = 0;  // a rung, for rules that have rungs
  double value = 0;
  std::vector<Peer> peers{};  // by number
};

class Rule : public Pruner {
 public:
  /// With whom judge() compares the trial; nothing when it does not at this report. REQUIRES: as
  /// judge().
  virtual std::optional<Comparison> compare(const Trial& trial, const History& history) const = 0;
};

}  // namespace autoglm
