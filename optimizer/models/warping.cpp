#include "optimizer/models/warping.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "search_space/portable_math.h"
#include "search_space/random.h"

namespace autoglm {

namespace {

// Differences of costs below this share of the largest are no differences.
constexpr double kRounding = 1e-14;

// Dense ranks, from 0 for the smallest.
std::vector<std::size_t> dense_ranks(const Eigen::VectorXd& values) {
  std::vector<double> distinct(values.begin(), values.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<std::size_t> ranks;
  for (const double value : values) {
    const auto at = std::lower_bound(distinct.begin(), distinct.end(), value);
    ranks.push_back(static_cast<std::size_t>(at - distinct.begin()));
  }
  return ranks;
}

// Mean 0, deviation 1; zeros when there is no deviation.
WarpedCosts standardize(const Eigen::VectorXd& values) {
  // In units of the largest, so that differences and squares neither overflow nor underflow.
  const double largest = values.cwiseAbs().maxCoeff();
  const Eigen::VectorXd scaled = values / (largest > 0 ? largest : 1);
  const double mean = scaled.mean();
  const Eigen::VectorXd centred = scaled.array() - mean;
  const double range = centred.cwiseAbs().maxCoeff();
  if (range <= kRounding) {
    return {Eigen::VectorXd::Zero(values.size()), mean * largest, 1};
  }
  const double deviation =
      range * std::sqrt((centred / range).squaredNorm() / static_cast<double>(values.size()));
  return {centred / deviation, mean * largest, deviation * largest};
}

// The worse half replaced by normal scores; then as `standardize`. How large the worse half is must
// not matter at all, so everything is measured from the median, in units of the better half's
// range.
WarpedCosts half_rank(const Eigen::VectorXd& costs) {
  const double middle = median(costs);
  const double range = middle - costs.minCoeff();
  // When the better half is all alike the worse half still has to be told from it.
  const double unit = range > 0 && std::isfinite(range) ? range : 1;
  Eigen::VectorXd values = costs.cwiseMin(middle).array() / unit - middle / unit;
  double squares = 0;
  double better = 0;
  for (Eigen::Index i = 0; i < costs.size(); ++i) {
    if (costs[i] <= middle) {
      squares += values[i] * values[i];
      ++better;
    }
  }
  const double spread = squares > 0 ? std::sqrt(squares / better) : 1;
  const std::vector<std::size_t> ranks = dense_ranks(costs);
  const double distinct = 1.0 + static_cast<double>(*std::max_element(ranks.begin(), ranks.end()));
  for (Eigen::Index i = 0; i < costs.size(); ++i) {
    if (costs[i] > middle) {
      const double rank = static_cast<double>(ranks[static_cast<std::size_t>(i)]);
      // Of equal costs few ranks may lie below the median; never better than the median itself.
      values[i] = spread * std::max(0.0, normal_quantile((rank + 0.5) / distinct));
    }
  }
  const WarpedCosts standard = standardize(values);
  return {standard.targets, middle + unit * standard.offset, unit * standard.scale};
}

// log(1 + |value|), with the sign of the value: what the power transform is an exponential of.
double signed_log(double value) { return std::copysign(portable::log1p(std::abs(value)), value); }

// Of a value given by its signed_log.
double yeo_johnson(double log, double lambda) {
  const double power = std::signbit(log) ? 2 - lambda : lambda;
  return power == 0 ? log : std::copysign(portable::expm1(power * std::abs(log)) / power, log);
}

// The exponent in [-2, 4] with the greatest likelihood of normality, to two digits. Of values given
// by their signed_log.
double most_normal_exponent(const Eigen::VectorXd& logs) {
  const double n = static_cast<double>(logs.size());
  double slope = 0;  // of the log-likelihood's Jacobian term
  for (const double log : logs) {
    slope += log;
  }
  double best = 1;
  double best_likelihood = -std::numeric_limits<double>::infinity();
  for (int step = -40; step <= 80; ++step) {
    const double lambda = step / 20.0;
    const Eigen::ArrayXd powers =
        logs.unaryExpr([lambda](double log) { return yeo_johnson(log, lambda); }).array();
    const double variance = (powers - powers.mean()).square().mean();
    const double likelihood = -n / 2 * portable::log(variance) + (lambda - 1) * slope;
    if (likelihood > best_likelihood) {
      best_likelihood = likelihood;
      best = lambda;
    }
  }
  return best;
}

}  // namespace

std::string_view to_string(OutputWarp warp) {
  switch (warp) {
    case OutputWarp::identity:
      return "identity";
    case OutputWarp::half_rank:
      return "half-rank";
    case OutputWarp::half_rank_power:
      return "half-rank power";
  }
  return {};
}

double median(const Eigen::VectorXd& values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t n = sorted.size();
  return n % 2 == 1 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
}

WarpedCosts warp_costs(OutputWarp warp, const Eigen::VectorXd& costs) {
  WarpedCosts standard = standardize(costs);
  if (warp == OutputWarp::identity || standard.targets.isZero(0)) {
    return standard;
  }
  WarpedCosts ranked = half_rank(costs);
  if (warp == OutputWarp::half_rank_power) {
    const Eigen::VectorXd logs = ranked.targets.unaryExpr(&signed_log);
    const double lambda = most_normal_exponent(logs);
    ranked.targets = standardize(logs.unaryExpr([lambda](double log) {
                       return yeo_johnson(log, lambda);
                     })).targets;
  }
  return ranked;
}

UnwarpedCost unwarp(const WarpedCosts& warped, const Eigen::VectorXd& costs, double target) {
  Eigen::Index below = -1;  // the greatest target up to this one
  Eigen::Index above = -1;  // the least beyond it
  for (Eigen::Index i = 0; i < costs.size(); ++i) {
    const double at = warped.targets[i];
    if (at <= target && (below < 0 || at > warped.targets[below])) {
      below = i;
    }
    if (at > target && (above < 0 || at < warped.targets[above])) {
      above = i;
    }
  }
  if (below < 0) {
    return {warped.offset + warped.scale * target, warped.scale};
  }
  if (above < 0) {
    return {costs[below], warped.scale};
  }
  const double slope =
      (costs[above] - costs[below]) / (warped.targets[above] - warped.targets[below]);
  return {costs[below] + slope * (target - warped.targets[below]), slope};
}

Eigen::VectorXd clip_non_finite(const Eigen::VectorXd& costs) {
  double best = std::numeric_limits<double>::infinity();
  double worst = -best;
  for (const double cost : costs) {
    if (std::isfinite(cost)) {
      best = std::min(best, cost);
      worst = std::max(worst, cost);
    }
  }
  if (best > worst) {
    return Eigen::VectorXd::Zero(costs.size());
  }
  return costs.unaryExpr([best, worst](double cost) {
    if (std::isfinite(cost)) {
      return cost;
    }
    return cost < 0 ? best : worst;  // false for NaN
  });
}

double weighted_concordance(const Eigen::VectorXd& predictions, const Eigen::VectorXd& costs) {
  const std::vector<std::size_t> ranks = dense_ranks(costs);
  const double decay = 0.15 * static_cast<double>(costs.size()) + 1;
  double agreeing = 0;
  double total = 0;
  for (Eigen::Index i = 0; i < costs.size(); ++i) {
    for (Eigen::Index j = 0; j < i; ++j) {
      if (costs[i] == costs[j]) {
        continue;
      }
      const std::size_t better =
          std::min(ranks[static_cast<std::size_t>(i)], ranks[static_cast<std::size_t>(j)]);
      const double importance = 1 / (1 + static_cast<double>(better) / decay);
      const bool same = predictions[i] == predictions[j];
      const bool alike = (predictions[i] < predictions[j]) == (costs[i] < costs[j]);
      const double agreement = same ? 0.5 : (alike ? 1 : 0);
      agreeing += importance * importance * agreement;
      total += importance * importance;
    }
  }
  return total > 0 ? agreeing / total : 0.5;
}

}  // namespace autoglm
