#include "optimizer/models/portfolio.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "optimizer/models/hyperparameter_posterior.h"
#include "search_space/portable_math.h"

namespace autoglm {

std::vector<FittedWarp> fit_warps(const Eigen::MatrixXd& points, const Eigen::VectorXd& costs,
                                  const ColumnGroups& groups,
                                  const std::vector<OutputWarp>& warps) {
  std::vector<FittedWarp> fitted;
  fitted.reserve(warps.size());
  for (const OutputWarp warp : warps) {
    const Eigen::VectorXd targets = warp_costs(warp, costs).targets;
    // The power transform changes half-ranks little: its fit goes on from theirs.
    std::optional<Hyperparameters> start;
    if (warp == OutputWarp::half_rank_power && !fitted.empty()) {
      start = fitted.back().hyperparameters;
    }
    Hyperparameters hyperparameters =
        HyperparameterPosterior(points, targets, groups).maximize(start);
    const GaussianRegression model(points, targets, groups, hyperparameters);
    const double concordance = weighted_concordance(model.leave_one_out_means(), costs);
    fitted.push_back({warp, std::move(hyperparameters), concordance});
  }
  return fitted;
}

const FittedWarp& draw_warp(const std::vector<FittedWarp>& fitted, Rng& rng) {
  constexpr double kTemperature = 0.1;
  std::vector<double> cumulative;
  double total = 0;
  for (const FittedWarp& warp : fitted) {
    total += portable::exp(warp.concordance / kTemperature);
    cumulative.push_back(total);
  }
  const double drawn = rng.uniform() * total;
  const auto at = std::upper_bound(cumulative.begin(), cumulative.end() - 1, drawn);
  return fitted[static_cast<std::size_t>(at - cumulative.begin())];
}

const FittedWarp& best_warp(const std::vector<FittedWarp>& fitted) {
  return *std::max_element(
      fitted.begin(), fitted.end(),
      [](const FittedWarp& a, const FittedWarp& b) { return a.concordance < b.concordance; });
}

std::vector<Eigen::Index> informative_subset(const Eigen::VectorXd& costs, Eigen::Index limit) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(costs.size()));
  std::iota(order.begin(), order.end(), 0);
  if (costs.size() <= limit) {
    return order;
  }
  const auto half = static_cast<std::size_t>(limit / 2);
  std::stable_sort(order.begin(), order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return costs[a] < costs[b]; });
  std::sort(order.begin() + static_cast<std::ptrdiff_t>(half), order.end());
  std::vector<Eigen::Index> subset(order.begin(),
                                   order.begin() + static_cast<std::ptrdiff_t>(half));
  const std::size_t others = static_cast<std::size_t>(limit) - half;
  for (std::size_t i = 0; i < others; ++i) {
    subset.push_back(order[half + i * (order.size() - half) / others]);
  }
  std::sort(subset.begin(), subset.end());
  return subset;
}

}  // namespace autoglm
