#include "cli/leaders.h"

#include <algorithm>

#include "optimizer/summary.h"

namespace autoglm {

Leaders::Leaders(const Objective& objective, const std::vector<Trial>& trials)
    : objective_(objective) {
  for (const Trial& trial : trials) {
    add(trial);
  }
}

void Leaders::add(const Trial& trial) {
  const std::vector<double> costs = objective_.costs(trial);
  if (costs.empty()) {
    return;
  }
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    const bool is_later_tie =
        objective_.size() == 1 && costs_[i] == costs && numbers_[i] < trial.number;
    if (is_later_tie || dominates(costs_[i], costs)) {
      return;
    }
  }
  for (std::size_t i = numbers_.size(); i-- > 0;) {
    if (objective_.size() == 1 || dominates(costs, costs_[i])) {
      numbers_.erase(numbers_.begin() + static_cast<std::ptrdiff_t>(i));
      costs_.erase(costs_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  const auto at = std::lower_bound(numbers_.begin(), numbers_.end(), trial.number);
  costs_.insert(costs_.begin() + (at - numbers_.begin()), costs);
  numbers_.insert(at, trial.number);
}

}  // namespace autoglm
