// A rule that stops trials not worth finishing.
#pragma once

#include <string>

#include "optimizer/history.h"

namespace autoglm {

enum class Action { go_on, pause, stop };

struct Verdict {
  Action action = Action::go_on;
  std::string reason{};  // shown to people and stored with the trial; empty when go_on
};

class Pruner {
 public:
  virtual ~Pruner() = default;

  /// Called after each report of a running trial. Depends on nothing but its arguments, so a
  /// decision can be explained, and replayed, from the stored history.
  /// REQUIRES: `trial` has at least one report and is in `history`.
  virtual Verdict judge(const Trial& trial, const History& history) const = 0;
};

}  // namespace autoglm
