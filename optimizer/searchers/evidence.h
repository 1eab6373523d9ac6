// What a model may learn from a history: one cost a trial, whatever became of it.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "optimizer/history.h"
#include "search_space/random.h"

namespace autoglm {

/// Trials in the order in which they finished, and those still to come. A function of the history
/// alone.
struct Evidence {
  std::vector<const Trial*> finished{};  // with a cost: complete and pruned ones
  Eigen::VectorXd costs{};               // [finished], finite
  std::vector<const Trial*> refused{};   // failed and infeasible: they have none
  std::vector<const Trial*> pending{};
  std::size_t complete = 0;              // of the finished ones
  const Objective* objective = nullptr;  // nullptr: costs are 0 for refused ones, 1 for others
  Eigen::VectorXd weights{};             // [objectives]
  Eigen::VectorXd given{};               // [finished], by another measure; empty: none

  /// The costs of the first `count` as they were when no more had finished, [count]; given ones as
  /// they are.
  Eigen::VectorXd costs_of_first(std::size_t count) const;
};

/// Costs:
/// - complete: its cost; non-finite ones as bad (or good) as the worst (or best) finite one;
/// - pruned: what it would have ended with, see extrapolate_pruned;
/// - all equal, when no trial is complete; failed and infeasible ones are then among the finished.
/// Pending are the running, the paused, and the waiting ones whose configuration is whole.
/// Abandoned ones, and trial `except`, count for nothing.
///
/// Several objectives become one by the augmented Chebyshev function of ParEGO (Knowles, 2006):
/// max_i(w_i f_i) + 0.05 sum_i(w_i f_i), f_i scaled to [0, 1] over the complete trials. `weights`
/// has one weight an objective, their sum 1. Borrows the history.
Evidence gather_evidence(const History& history, std::int64_t except,
                         const Eigen::VectorXd& weights);

/// Drawn uniformly from the simplex; of one objective: 1.
Eigen::VectorXd draw_weights(std::size_t objectives, Rng& rng);

/// All finished trials, with cost 0 where they were refused and 1 where not: a subset that keeps
/// the least costs keeps refusals.
Evidence refusals(const Evidence& evidence);

}  // namespace autoglm
