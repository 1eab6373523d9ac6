#include "optimizer/searchers/evidence.h"

#include <algorithm>
#include <limits>
#include <span>
#include <tuple>

#include "optimizer/models/warping.h"
#include "optimizer/searchers/pruned_costs.h"
#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

bool is_pending(const Trial& trial) {
  return trial.state == TrialState::running || trial.state == TrialState::paused ||
         (trial.state == TrialState::waiting && !trial.partial);
}

bool is_refused(const Trial& trial) {
  return trial.state == TrialState::failed || trial.state == TrialState::infeasible;
}

// The costs of the trials that have a value in each objective, [trials, objectives]; NaN elsewhere.
Eigen::MatrixXd observed_costs(const std::span<const Trial* const> trials,
                               const Objective& objective) {
  Eigen::MatrixXd costs =
      Eigen::MatrixXd::Constant(static_cast<Eigen::Index>(trials.size()),
                                static_cast<Eigen::Index>(objective.size()), kNothing);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = *trials[i];
    if (is_refused(trial) || trial.values.size() != objective.size()) {
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

void sort_by_finish(std::vector<const Trial*>& trials) {
  std::sort(trials.begin(), trials.end(), [](const Trial* a, const Trial* b) {
    return std::tie(a->finished_sequence, a->number) < std::tie(b->finished_sequence, b->number);
  });
}

}  // namespace

Eigen::VectorXd Evidence::costs_of_first(std::size_t count) const {
  if (given.size() > 0) {
    return given.head(static_cast<Eigen::Index>(count));
  }
  const std::span<const Trial* const> first(finished.data(), count);
  if (objective == nullptr) {
    return Eigen::VectorXd::NullaryExpr(static_cast<Eigen::Index>(count), [&](Eigen::Index i) {
      return is_refused(*first[static_cast<std::size_t>(i)]) ? 0.0 : 1.0;
    });
  }
  std::vector<Eigen::Index> completed;
  for (std::size_t i = 0; i < count; ++i) {
    if (first[i]->state == TrialState::complete) {
      completed.push_back(static_cast<Eigen::Index>(i));
    }
  }
  if (completed.empty()) {
    return Eigen::VectorXd::Zero(static_cast<Eigen::Index>(count));
  }
  const Eigen::MatrixXd all = observed_costs(first, *objective);
  Eigen::VectorXd costs_of = all.cols() == 1 ? all.col(0) : chebyshev(all, completed, weights);
  costs_of(completed) = clip_non_finite(costs_of(completed));
  extrapolate_pruned(first, *objective, costs_of);
  return costs_of;
}

Evidence gather_evidence(const History& history, std::int64_t except,
                         const Eigen::VectorXd& weights) {
  Evidence evidence;
  evidence.objective = &history.objective();
  evidence.weights = weights;
  for (const Trial& trial : history.trials()) {
    if (trial.number == except || trial.state == TrialState::abandoned) {
      continue;
    }
    if (is_finished(trial.state)) {
      (is_refused(trial) ? evidence.refused : evidence.finished).push_back(&trial);
      evidence.complete += trial.state == TrialState::complete ? 1 : 0;
    } else if (is_pending(trial)) {
      evidence.pending.push_back(&trial);
    }
  }
  if (evidence.complete == 0) {
    evidence.finished.insert(evidence.finished.end(), evidence.refused.begin(),
                             evidence.refused.end());
    evidence.refused.clear();
  }
  sort_by_finish(evidence.finished);
  sort_by_finish(evidence.refused);
  evidence.costs = evidence.costs_of_first(evidence.finished.size());
  return evidence;
}

Eigen::VectorXd draw_weights(std::size_t objectives, Rng& rng) {
  Eigen::VectorXd weights(static_cast<Eigen::Index>(objectives));
  for (double& weight : weights) {
    weight = objectives == 1 ? 1 : -portable::log1p(-rng.uniform());
  }
  return weights / weights.sum();
}

Evidence refusals(const Evidence& evidence) {
  Evidence all;
  all.finished = evidence.finished;
  all.finished.insert(all.finished.end(), evidence.refused.begin(), evidence.refused.end());
  sort_by_finish(all.finished);
  all.costs = all.costs_of_first(all.finished.size());
  return all;
}

}  // namespace autoglm
