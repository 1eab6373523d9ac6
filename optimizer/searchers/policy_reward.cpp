#include "optimizer/searchers/policy_reward.h"

#include <algorithm>
#include <cmath>

namespace autoglm {

namespace {

constexpr double kMostUse = 10;

double peak_bytes(const Trial& trial) {
  std::int64_t most = 0;
  for (const Attempt& attempt : trial.attempts) {
    most = std::max(most, attempt.peak_memory_bytes);
  }
  return static_cast<double>(most);
}

void insert_sorted(std::vector<double>& sorted, double value) {
  sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), value), value);
}

double middle(const std::vector<double>& sorted) {
  return (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
}

}  // namespace

double convergence_speed(const Trial& trial, const Objective& objective) {
  const auto curve = objective.curve(trial);
  std::vector<std::pair<double, double>> best;  // (step, least cost so far)
  best.reserve(curve.size());
  for (const auto& [step, value] : curve) {
    const double cost = objective.cost(0, value);
    if (std::isfinite(cost)) {
      best.emplace_back(static_cast<double>(step),
                        best.empty() ? cost : std::min(cost, best.back().second));
    }
  }
  if (best.size() < 2 || !(best.back().second < best.front().second)) {
    return 0;
  }
  const double steps = best.back().first - best.front().first;
  const double improvement = best.front().second - best.back().second;
  double area = 0;  // what was reached at a step counts from the step before it on
  for (std::size_t i = 1; i < best.size(); ++i) {
    area += (best[i].first - best[i - 1].first) * (best.front().second - best[i].second);
  }
  return area / (steps * improvement);
}

RewardLedger::RewardLedger(const Objective& objective, const RewardWeights& weights)
    : objective_(&objective), weights_(weights) {}

void RewardLedger::add(const Trial& trial, double cost) {
  Entry entry{.cost = cost,
              .speed = weights_.speed > 0 ? convergence_speed(trial, *objective_) : 0,
              .seconds = duration_seconds(trial).value_or(0),
              .bytes = peak_bytes(trial)};
  insert_sorted(costs_, cost);
  if (entry.seconds > 0) {
    insert_sorted(seconds_, entry.seconds);
  }
  if (entry.bytes > 0) {
    insert_sorted(bytes_, entry.bytes);
  }
  entries_.push_back(entry);
}

RewardTerms RewardLedger::terms(std::size_t index) const {
  const Entry& entry = entries_[index];
  const auto better = std::lower_bound(costs_.begin(), costs_.end(), entry.cost) - costs_.begin();
  const auto worse = costs_.end() - std::upper_bound(costs_.begin(), costs_.end(), entry.cost);
  const auto others = std::max<double>(static_cast<double>(costs_.size()) - 1, 1);
  double use = 0;
  double known = 0;
  if (entry.seconds > 0) {
    use += entry.seconds / middle(seconds_);
    ++known;
  }
  if (entry.bytes > 0) {
    use += entry.bytes / middle(bytes_);
    ++known;
  }
  use = known > 0 ? std::min(use / known, kMostUse) : 1;
  return {.rank = static_cast<double>(worse - better) / others,
          .speed = weights_.speed * entry.speed,
          .cost = -weights_.cost * use};
}

}  // namespace autoglm
