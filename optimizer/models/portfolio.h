// Several views of the same costs, each with its own Gaussian process.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "optimizer/models/gaussian_regression.h"
#include "optimizer/models/kernel.h"
#include "optimizer/models/warping.h"
#include "search_space/random.h"

namespace autoglm {

struct FittedWarp {
  OutputWarp warp = OutputWarp::identity;
  Hyperparameters hyperparameters{};
  double concordance = 0.5;  // of leave-one-out predictions with the costs
};

/// Fits each of `warps`, from a cold start: a function of its arguments.
std::vector<FittedWarp> fit_warps(const Eigen::MatrixXd& points /* [n, features] */,
                                  const Eigen::VectorXd& costs /* [n] */,
                                  const ColumnGroups& groups, const std::vector<OutputWarp>& warps);

/// One of them, drawn with weights exp(concordance / 0.1): always taking the best would lock a
/// search into the first view that happens to do well. REQUIRES: at least one.
const FittedWarp& draw_warp(const std::vector<FittedWarp>& fitted, Rng& rng);

/// The one with the greatest concordance; of equal ones the first.
const FittedWarp& best_warp(const std::vector<FittedWarp>& fitted);

/// At most `limit` indices, ascending: all; or those of the best half, and of the others as many
/// again, evenly spaced in their order.
std::vector<Eigen::Index> informative_subset(const Eigen::VectorXd& costs, Eigen::Index limit);

}  // namespace autoglm
