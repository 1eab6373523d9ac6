// Transforms of the costs that a model sees: none is best for all objectives, so gp fits several
// and asks each how well it predicts what it was not shown.
#pragma once

#include <Eigen/Core>
#include <string_view>

namespace autoglm {

enum class OutputWarp {
  identity,
  /// Costs above the median are replaced by normal scores of their ranks, so that how bad bad ones
  /// are does not matter (Song et al., "The Vizier Gaussian Process Bandit Algorithm", 2024).
  half_rank,
  /// half_rank, then the power transform of Yeo and Johnson (2000) whose exponent makes the result
  /// most normal: spreads out what is crowded near the best.
  half_rank_power
};

std::string_view to_string(OutputWarp warp);

/// Targets of mean 0 and deviation 1 (all 0 when the costs are equal), in the order of the costs.
struct WarpedCosts {
  Eigen::VectorXd targets{};  // [n]
  /// cost = offset + scale * target for the better half; exact but for half_rank_power.
  double offset = 0;
  double scale = 1;
};

/// REQUIRES: costs are finite, at least one.
WarpedCosts warp_costs(OutputWarp warp, const Eigen::VectorXd& costs /* [n] */);

/// A cost, and how fast costs change with targets there.
struct UnwarpedCost {
  double cost = 0;
  double slope = 0;  // >= 0
};
/// The way back from a target, as a model predicts it: by offset and scale below the least target
/// of `warped`; between two targets linearly from the cost of one to that of the other; the worst
/// cost beyond the greatest. `costs` are those that were warped, [n]; not by half_rank_power.
UnwarpedCost unwarp(const WarpedCosts& warped, const Eigen::VectorXd& costs, double target);

/// NaN and +inf become as bad as the worst finite cost, -inf as good as the best: nothing that is
/// not finite is ever a reason to be far from everything else. All non-finite: zeros.
Eigen::VectorXd clip_non_finite(const Eigen::VectorXd& costs);

/// The mean of the middle two when they are even in number. REQUIRES: at least one.
double median(const Eigen::VectorXd& values);

/// How well predictions order costs: the share of pairs ordered alike (equal predictions count
/// half, pairs of equal costs do not count), each pair weighted by how good the better of the two
/// is. In [0, 1]; 1/2 is chance, also where there is no pair.
double weighted_concordance(const Eigen::VectorXd& predictions, const Eigen::VectorXd& costs);

}  // namespace autoglm
