#include "optimizer/history.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace autoglm {

History::History(SearchSpace space, Objective objective)
    : space_(std::move(space)), objective_(std::move(objective)) {}

const Trial* History::find(std::int64_t number) const {
  if (number < 0 || static_cast<std::size_t>(number) >= trials_.size()) {
    return nullptr;
  }
  return &trials_[static_cast<std::size_t>(number)];
}

bool History::was_tried(const Configuration& configuration, std::int64_t except) const {
  const auto found = by_key_.find(configuration_key(configuration));
  return found != by_key_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [except](std::int64_t number) { return number != except; });
}

Trial& History::add(Trial trial) {
  if (trial.number != static_cast<std::int64_t>(trials_.size())) {
    throw std::logic_error("trials are numbered without gaps");
  }
  trials_.push_back(std::move(trial));
  reindex(trials_.back());
  return trials_.back();
}

Trial& History::at(std::int64_t number) { return trials_.at(static_cast<std::size_t>(number)); }

void History::reindex(const Trial& trial) {
  std::vector<std::int64_t>& numbers = by_key_[configuration_key(trial.configuration)];
  numbers.erase(std::remove(numbers.begin(), numbers.end(), trial.number), numbers.end());
  if (!trial.partial && trial.state != TrialState::abandoned) {
    numbers.push_back(trial.number);
  }
}

}  // namespace autoglm
