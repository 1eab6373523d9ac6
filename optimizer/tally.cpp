#include "optimizer/tally.h"

#include <algorithm>

namespace autoglm {

Tally::Tally(const History& history) {
  for (const Trial& trial : history.trials()) {
    note(trial, history.objective());
  }
}

void Tally::note(const Trial& trial, const Objective& objective) {
  if (trial.state == TrialState::waiting) {
    waiting_.insert(trial.number);
  } else {
    waiting_.erase(trial.number);
  }
  if (trial.state == TrialState::running && trial.external) {
    external_.insert(trial.number);
  } else {
    external_.erase(trial.number);
  }
  trials_ = std::max(trials_, trial.number + 1);
  if (trial.state == TrialState::abandoned) {
    abandoned_.insert(trial.number);
  }
  if (!objective.costs(trial).empty() && objective.reaches_target(trial.values)) {
    target_reached_by_ = std::min(target_reached_by_.value_or(trial.number), trial.number);
  }
}

std::optional<std::int64_t> Tally::first_waiting() const {
  return waiting_.empty() ? std::nullopt : std::optional(*waiting_.begin());
}

}  // namespace autoglm
