#include "optimizer/searchers/pruned_costs.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "optimizer/models/warping.h"

namespace autoglm {

namespace {

// Costs at a step and at the end, each sorted: the same number of both.
struct Progress {
  std::vector<double> then{};
  std::vector<double> at_end{};

  double end_of(double cost) const {
    const auto above = std::upper_bound(then.begin(), then.end(), cost);
    if (above == then.begin()) {
      return at_end.front() + (cost - then.front());
    }
    if (above == then.end()) {
      return at_end.back() + (cost - then.back());
    }
    const auto i = static_cast<std::size_t>(above - then.begin());
    const double share = (cost - then[i - 1]) / (then[i] - then[i - 1]);
    return at_end[i - 1] + share * (at_end[i] - at_end[i - 1]);
  }
};

// The costs that a trial reported; nothing where a cost combines several objectives.
Curve finite_costs(const Trial& trial, const Objective& objective) {
  if (objective.size() > 1) {
    return {};
  }
  Curve curve = objective.curve(trial);
  std::erase_if(curve, [](const auto& point) { return !std::isfinite(point.second); });
  for (auto& [step, value] : curve) {
    value = objective.cost(0, value);
  }
  return curve;
}

// Complete trials with their curves.
class Completed {
 public:
  void add(Curve curve, double at_end) { trials_.emplace_back(std::move(curve), at_end); }

  /// What one that was at `cost` at the end of its `curve` would have ended with; nothing where no
  /// complete one had reported by then.
  std::optional<double> end_of(const Curve& curve, double cost) {
    if (curve.empty()) {
      return std::nullopt;
    }
    const Progress& progress = from(curve.back().first);
    return progress.then.empty() ? std::nullopt : std::optional(progress.end_of(cost));
  }

 private:
  const Progress& from(std::int64_t step) {
    const auto [place, is_new] = progress_.try_emplace(step);
    Progress& progress = place->second;
    if (is_new) {
      for (const auto& [curve, at_end] : trials_) {
        const auto after = std::upper_bound(
            curve.begin(), curve.end(), step,
            [](std::int64_t wanted, const auto& point) { return wanted < point.first; });
        if (after != curve.begin()) {
          progress.then.push_back(std::prev(after)->second);
          progress.at_end.push_back(at_end);
        }
      }
      std::sort(progress.then.begin(), progress.then.end());
      std::sort(progress.at_end.begin(), progress.at_end.end());
    }
    return progress;
  }

  std::vector<std::pair<Curve, double>> trials_{};
  std::map<std::int64_t, Progress> progress_{};  // by step
};

}  // namespace

void extrapolate_pruned(std::span<const Trial* const> trials, const Objective& objective,
                        Eigen::VectorXd& costs) {
  std::vector<Eigen::Index> pruned;
  std::vector<Eigen::Index> complete;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    (trials[i]->state == TrialState::complete ? complete : pruned)
        .push_back(static_cast<Eigen::Index>(i));
  }
  if (pruned.empty()) {
    return;
  }
  const auto curve_of = [&](Eigen::Index i) {
    return finite_costs(*trials[static_cast<std::size_t>(i)], objective);
  };
  Completed completed;
  for (const Eigen::Index i : complete) {
    completed.add(curve_of(i), costs[i]);
  }
  const Eigen::VectorXd known = costs(complete);
  const double middle = median(known);
  const double most = known.maxCoeff();
  double worst = most;
  for (const Eigen::Index i : pruned) {
    if (!std::isnan(costs[i])) {
      const double end = completed.end_of(curve_of(i), costs[i]).value_or(std::min(costs[i], most));
      costs[i] = std::max(end, middle);
      worst = std::max(worst, costs[i]);
    }
  }
  for (const Eigen::Index i : pruned) {
    costs[i] = std::isnan(costs[i]) ? worst : costs[i];
  }
}

}  // namespace autoglm
