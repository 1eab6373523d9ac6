#include "optimizer/searcher.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "optimizer/summary.h"

namespace autoglm {
namespace {

/// Who may be recommended: of several objectives, only the trials that none dominates.
std::vector<std::int64_t> candidates(const History& history) {
  if (history.objective().size() > 1) {
    return pareto_front(history.trials(), history.objective());
  }
  std::vector<std::int64_t> numbers;
  for (const Trial& trial : history.trials()) {
    const std::vector<double> costs = history.objective().costs(trial);
    if (!costs.empty() && !std::isnan(costs[0])) {
      numbers.push_back(trial.number);
    }
  }
  return numbers;
}

}  // namespace

Searcher::Attributes Searcher::attributes_at_end(const Trial& /*trial*/,
                                                 const History& /*history*/) {
  return {};
}

std::string Searcher::explain(const Trial& /*trial*/, const History& /*history*/) { return {}; }

std::vector<Planner::Recommendation> Searcher::recommend(std::size_t n, const History& history) {
  std::vector<std::pair<double, std::int64_t>> ranked;
  for (const std::int64_t number : candidates(history)) {
    ranked.emplace_back(history.objective().cost(0, history.find(number)->values[0]), number);
  }
  std::sort(ranked.begin(), ranked.end());
  ranked.resize(std::min(n, ranked.size()));
  std::vector<Planner::Recommendation> best;
  best.reserve(ranked.size());
  for (const auto& [cost, number] : ranked) {
    best.push_back({.trial = number, .expected = history.find(number)->values[0]});
  }
  return best;
}

}  // namespace autoglm
