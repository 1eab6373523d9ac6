#include "optimizer/history.h"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace autoglm {

namespace {

// Spreads what differs in few bits over all of them (the finalizer of SplitMix64; Steele, Lea and
// Flood, "Fast splittable pseudorandom number generators", 2014).
std::uint64_t mixed(std::uint64_t hash) {
  hash = (hash ^ hash >> 30U) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ hash >> 27U) * 0x94d049bb133111ebU;
  return hash ^ hash >> 31U;
}

std::uint64_t hash_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? std::hash<std::string>()(*text)
                         : std::hash<double>()(value_number(value));  // 1 as 1.0
}

// The same for equal configurations, whatever their order.
std::uint64_t hash_of(const Configuration& configuration) {
  std::uint64_t sum = 0;
  for (const auto& [name, value] : configuration) {
    sum += mixed(std::hash<std::string>()(name) ^ mixed(hash_of(value)));
  }
  return sum;
}

bool are_equal(const Configuration& a, const Configuration& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&b](const auto& item) {
           const Value* const value = b.find(item.first);
           return value != nullptr && same_value(item.second, *value);
         });
}

}  // namespace

History::History(SearchSpace space, Objective objective)
    : space_(std::move(space)), objective_(std::move(objective)) {}

const Trial* History::find(std::int64_t number) const {
  if (number < 0 || static_cast<std::size_t>(number) >= trials_.size()) {
    return nullptr;
  }
  return &trials_[static_cast<std::size_t>(number)];
}

bool History::was_tried(const Configuration& configuration, std::int64_t except) const {
  const auto [first, last] = by_hash_.equal_range(hash_of(configuration));
  return std::any_of(first, last, [&](const auto& entry) {
    return entry.second != except && are_equal(find(entry.second)->configuration, configuration);
  });
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
  const std::uint64_t hash = hash_of(trial.configuration);
  const auto [first, last] = by_hash_.equal_range(hash);
  const auto known = std::find_if(
      first, last, [&trial](const auto& entry) { return entry.second == trial.number; });
  if (known != last) {
    by_hash_.erase(known);
  }
  if (!trial.partial && trial.state != TrialState::abandoned) {
    by_hash_.emplace(hash, trial.number);
  }
}

}  // namespace autoglm
