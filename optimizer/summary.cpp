#include "optimizer/summary.h"

#include <algorithm>
#include <cmath>

namespace autoglm {
namespace {

struct Candidate {
  std::int64_t trial = 0;
  std::vector<double> costs{};
};

}  // namespace

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) {
      return false;
    }
    better = better || a[i] < b[i];
  }
  return better;
}

TrialCounts count_trials(const std::vector<Trial>& trials) {
  TrialCounts counts;
  for (const Trial& trial : trials) {
    ++counts.by_state[static_cast<std::size_t>(trial.state)];
  }
  counts.counted = static_cast<std::int64_t>(trials.size()) - counts[TrialState::abandoned];
  return counts;
}

bool is_better(const Trial& trial, const Trial* best, const Objective& objective) {
  const std::vector<double> costs = objective.costs(trial);
  if (costs.empty() || std::isnan(costs[0])) {
    return false;
  }
  if (best == nullptr) {
    return true;
  }
  const double best_cost = objective.cost(0, best->values[0]);
  return costs[0] < best_cost || (costs[0] == best_cost && trial.number < best->number);
}

const Trial* best_trial(const std::vector<Trial>& trials, const Objective& objective) {
  const Trial* best = nullptr;
  for (const Trial& trial : trials) {
    if (is_better(trial, best, objective)) {
      best = &trial;
    }
  }
  return best;
}

std::vector<std::int64_t> pareto_front(const std::vector<Trial>& trials,
                                       const Objective& objective) {
  std::vector<Candidate> candidates;
  for (const Trial& trial : trials) {
    std::vector<double> costs = objective.costs(trial);
    if (!costs.empty() &&
        std::none_of(costs.begin(), costs.end(), [](double cost) { return std::isnan(cost); })) {
      candidates.push_back({trial.number, std::move(costs)});
    }
  }
  // Whoever dominates comes before in lexicographic order, and if a candidate is dominated at all,
  // a member of the front dominates it.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.costs < b.costs; });
  std::vector<Candidate> front;
  for (Candidate& candidate : candidates) {
    if (std::none_of(front.begin(), front.end(), [&candidate](const Candidate& other) {
          return dominates(other.costs, candidate.costs);
        })) {
      front.push_back(std::move(candidate));
    }
  }
  std::vector<std::int64_t> numbers;
  numbers.reserve(front.size());
  for (const Candidate& candidate : front) {
    numbers.push_back(candidate.trial);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace autoglm
