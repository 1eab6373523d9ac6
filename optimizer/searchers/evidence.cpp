#include "optimizer/searchers/evidence.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "optimizer/models/warping.h"

namespace autoglm {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

bool is_pending(const Trial& trial) {
  return trial.state == TrialState::running || trial.state == TrialState::paused ||
         (trial.state == TrialState::waiting && !trial.partial);
}

// The costs of the trials that have a value in each objective, [trials, objectives]; NaN elsewhere.
Eigen::MatrixXd observed_costs(const std::vector<const Trial*>& trials,
                               const Objective& objective) {
  Eigen::MatrixXd costs =
      Eigen::MatrixXd::Constant(static_cast<Eigen::Index>(trials.size()),
                                static_cast<Eigen::Index>(objective.size()), kNothing);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = *trials[i];
    const bool counts = trial.state == TrialState::complete || trial.state == TrialState::pruned;
    if (!counts || trial.values.size() != objective.size()) {
      continue;
    }
    for (std::size_t j = 0; j < objective.size(); ++j) {
      costs(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) =
          objective.cost(j, trial.values[j]);
    }
  }
  return costs;
}

// Rows with a cost in every objective to one number each, scaled by the rows `scale_by`.
Eigen::VectorXd chebyshev(Eigen::MatrixXd costs, const std::vector<Eigen::Index>& scale_by,
                          const Eigen::VectorXd& weights) {
  constexpr double kAugmentation = 0.05;
  for (Eigen::Index j = 0; j < costs.cols(); ++j) {
    costs.col(j)(scale_by) = clip_non_finite(costs.col(j)(scale_by));
    const double best = costs.col(j)(scale_by).minCoeff();
    const double range = costs.col(j)(scale_by).maxCoeff() - best;
    costs.col(j).array() = (costs.col(j).array() - best) / (range > 0 ? range : 1);
  }
  const Eigen::MatrixXd weighted = costs * weights.asDiagonal();
  return weighted.rowwise().maxCoeff() + kAugmentation * weighted.rowwise().sum();
}

}  // namespace

Evidence gather_evidence(const History& history, std::int64_t except,
                         const Eigen::VectorXd& weights) {
  Evidence evidence;
  for (const Trial& trial : history.trials()) {
    if (trial.number == except || trial.state == TrialState::abandoned) {
      continue;
    }
    if (is_finished(trial.state)) {
      evidence.finished.push_back(&trial);
    } else if (is_pending(trial)) {
      evidence.pending.push_back(&trial);
    }
  }
  std::sort(evidence.finished.begin(), evidence.finished.end(), [](const Trial* a, const Trial* b) {
    return std::tie(a->finished_sequence, a->number) < std::tie(b->finished_sequence, b->number);
  });

  std::vector<Eigen::Index> complete;
  for (std::size_t i = 0; i < evidence.finished.size(); ++i) {
    if (evidence.finished[i]->state == TrialState::complete) {
      complete.push_back(static_cast<Eigen::Index>(i));
    }
  }
  evidence.complete = complete.size();
  evidence.costs = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(evidence.finished.size()));
  if (complete.empty()) {
    return evidence;
  }
  const Eigen::MatrixXd all = observed_costs(evidence.finished, history.objective());
  Eigen::VectorXd costs = all.cols() == 1 ? all.col(0) : chebyshev(all, complete, weights);
  costs(complete) = clip_non_finite(costs(complete));
  const Eigen::VectorXd known = costs(complete);
  const double worst = known.maxCoeff();
  const double middle = median(known);
  for (std::size_t i = 0; i < evidence.finished.size(); ++i) {
    double& cost = costs[static_cast<Eigen::Index>(i)];
    if (evidence.finished[i]->state == TrialState::pruned && cost == cost) {
      cost = std::clamp(cost, middle, worst);
    } else if (evidence.finished[i]->state != TrialState::complete) {
      cost = worst;
    }
  }
  evidence.costs = costs;
  return evidence;
}

}  // namespace autoglm
