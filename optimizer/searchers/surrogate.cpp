#include "optimizer/searchers/surrogate.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace autoglm {

namespace {

constexpr Eigen::Index kModelTrials = 500;
constexpr Eigen::Index kFitTrials = 200;
constexpr std::size_t kFitStep = 50;

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
// (from 1 to kFitStep) more than the one before.
std::size_t trials_at_last_fit(std::size_t finished) {
  std::size_t last = 1;
  for (std::size_t next = 1; next <= finished;
       next += std::clamp<std::size_t>(next / 20, 1, kFitStep)) {
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

std::vector<std::int64_t> numbers_of(std::span<const Trial* const> trials) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(trials.size());
  for (const Trial* trial : trials) {
    numbers.push_back(trial->number);
  }
  return numbers;
}

}  // namespace

SurrogateFitter::SurrogateFitter(const Encoding& encoding, std::vector<OutputWarp> warps)
    : encoding_(encoding), warps_(std::move(warps)), groups_(groups_of(encoding)) {}

Eigen::MatrixXd SurrogateFitter::encode(const std::vector<const Trial*>& trials) const {
  Eigen::MatrixXd points(static_cast<Eigen::Index>(trials.size()), encoding_.features());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    points.row(static_cast<Eigen::Index>(i)) =
        encoding_.encode(trials[i]->configuration).transpose();
  }
  return points;
}

const std::vector<FittedWarp>& SurrogateFitter::fit(const Evidence& evidence) {
  const std::size_t count = trials_at_last_fit(evidence.finished.size());
  Eigen::VectorXd costs = evidence.costs_of_first(count);
  std::vector<std::int64_t> trials = numbers_of({evidence.finished.data(), count});
  if (trials == fit_.trials && costs == fit_.costs) {
    return fit_.warps;
  }
  fit_.subset = informative_subset(costs, kModelTrials);
  const std::vector<Eigen::Index> subset = informative_subset(costs, kFitTrials);
  const Eigen::VectorXd fitted = costs(subset);
  if (fitted.minCoeff() == fitted.maxCoeff()) {
    const double length = 0.5 * std::sqrt(static_cast<double>(groups_.count) / 3);
    fit_.warps = {{OutputWarp::identity,
                   {Eigen::VectorXd::Constant(groups_.count, std::max(length, 0.5)), 1, 1e-3, {}},
                   0.5}};
  } else {
    fit_.warps = fit_warps(encode(trials_of(evidence, subset)), fitted, groups_, warps_);
  }
  fit_.models.assign(fit_.warps.size(), {});
  fit_.trials = std::move(trials);
  fit_.costs = std::move(costs);
  return fit_.warps;
}

SurrogateFitter::Model SurrogateFitter::condition(const Evidence& evidence,
                                                  const FittedWarp& fitted) {
  std::vector<Eigen::Index> subset = fit_.subset;
  for (std::size_t i = fit_.trials.size(); i < evidence.finished.size(); ++i) {
    subset.push_back(static_cast<Eigen::Index>(i));
  }
  WarpedCosts costs = warp_costs(fitted.warp, evidence.costs(subset));
  const std::vector<const Trial*> trials = trials_of(evidence, subset);
  const auto same =
      std::find_if(fit_.warps.begin(), fit_.warps.end(),
                   [&](const FittedWarp& other) { return other.warp == fitted.warp; });
  auto& [model, known] = fit_.models[static_cast<std::size_t>(same - fit_.warps.begin())];
  std::vector<std::int64_t> numbers = numbers_of(trials);
  if (!model || known.size() > numbers.size() ||
      !std::equal(known.begin(), known.end(), numbers.begin())) {
    const auto base = static_cast<std::ptrdiff_t>(fit_.subset.size());
    model.emplace(encode({trials.begin(), trials.begin() + base}), costs.targets.head(base),
                  groups_, fitted.hyperparameters);
  }
  model->grow(encode({trials.begin() + model->points().rows(), trials.end()}), costs.targets);
  known = std::move(numbers);
  return {*model, std::move(costs), std::move(subset)};
}

const GaussianRegression& SurrogateFitter::believe(const std::vector<const Trial*>& pending,
                                                   const GaussianRegression& model,
                                                   Acquisition& acquisition) {
  if (pending.empty()) {
    return model;
  }
  const Eigen::MatrixXd points = encode(pending);
  acquisition.best = std::min(acquisition.best, model.means(points).minCoeff());
  believed_ = model.believing(points);
  return *believed_;
}

}  // namespace autoglm
