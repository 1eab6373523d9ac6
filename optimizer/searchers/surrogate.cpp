#include "optimizer/searchers/surrogate.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace autoglm {

namespace {

constexpr Eigen::Index kModelTrials = 500;
constexpr Eigen::Index kFitTrials = 200;

ColumnGroups groups_of(const Encoding& encoding) {
  ColumnGroups groups;
  groups.group_of.resize(static_cast<std::size_t>(encoding.features()));
  for (const Encoding::Block& block : encoding.blocks()) {
    for (Eigen::Index column = 0; column < block.columns; ++column) {
      groups.group_of[static_cast<std::size_t>(block.first + column)] = groups.count;
    }
    groups.categorical.push_back(block.categorical);
    ++groups.count;
  }
  return groups;
}

// The greatest number up to `finished` of 1, 2, ..., 20, 21, 22, ..., 40, 42, 44, ..., each 5 %
// (at least 1) more than the one before.
Eigen::Index trials_at_last_fit(Eigen::Index finished) {
  Eigen::Index last = 1;
  for (Eigen::Index next = 1; next <= finished; next += std::max<Eigen::Index>(1, next / 20)) {
    last = next;
  }
  return last;
}

std::vector<const Trial*> trials_of(const Evidence& evidence,
                                    const std::vector<Eigen::Index>& subset) {
  std::vector<const Trial*> trials;
  trials.reserve(subset.size());
  for (const Eigen::Index i : subset) {
    trials.push_back(evidence.finished[static_cast<std::size_t>(i)]);
  }
  return trials;
}

}  // namespace

SurrogateFitter::SurrogateFitter(const Encoding& encoding)
    : encoding_(encoding), groups_(groups_of(encoding)) {}

Eigen::MatrixXd SurrogateFitter::encode(const std::vector<const Trial*>& trials) const {
  Eigen::MatrixXd points(static_cast<Eigen::Index>(trials.size()), encoding_.features());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    points.row(static_cast<Eigen::Index>(i)) =
        encoding_.encode(trials[i]->configuration).transpose();
  }
  return points;
}

const std::vector<FittedWarp>& SurrogateFitter::fit(const Evidence& evidence) {
  const Eigen::Index count = trials_at_last_fit(evidence.costs.size());
  const Eigen::VectorXd head = evidence.costs.head(count);
  const std::vector<Eigen::Index> subset = informative_subset(head, kFitTrials);
  Eigen::MatrixXd points = encode(trials_of(evidence, subset));
  Eigen::VectorXd costs = head(subset);
  if (!fitted_.empty() && points.rows() == points_.rows() && points == points_ && costs == costs_) {
    return fitted_;
  }
  points_ = std::move(points);
  costs_ = std::move(costs);
  if (costs_.minCoeff() == costs_.maxCoeff()) {
    const double length = 0.5 * std::sqrt(static_cast<double>(groups_.count) / 3);
    fitted_ = {{OutputWarp::identity,
                {Eigen::VectorXd::Constant(groups_.count, std::max(length, 0.5)), 1, 1e-3},
                0.5}};
  } else {
    fitted_ = fit_warps(points_, costs_, groups_);
  }
  return fitted_;
}

SurrogateFitter::Model SurrogateFitter::condition(const Evidence& evidence,
                                                  const FittedWarp& fitted) const {
  std::vector<Eigen::Index> subset = informative_subset(evidence.costs, kModelTrials);
  WarpedCosts costs = warp_costs(fitted.warp, evidence.costs(subset));
  GaussianRegression regression(encode(trials_of(evidence, subset)), costs.targets, groups_,
                                fitted.hyperparameters);
  return {std::move(regression), std::move(costs), std::move(subset)};
}

}  // namespace autoglm
