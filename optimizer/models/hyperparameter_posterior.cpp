#include "optimizer/models/hyperparameter_posterior.h"

#include <cmath>
#include <utility>

#include "optimizer/models/box_minimizer.h"
#include "optimizer/models/dense.h"
#include "search_space/portable_math.h"

namespace autoglm {

namespace {

// A log-normal prior, and the bounds within which to search.
struct Prior {
  double median;
  double deviation;  // of the logarithm
  double lower;
  double upper;

  double negated(double log, double* slope) const {
    const double standardized = (log - portable::log(median)) / deviation;
    *slope = standardized / deviation;
    return standardized * standardized / 2;
  }
};

constexpr Prior kLength{0.5, 1, 0.02, 60};
constexpr Prior kSignal{1, 1, 1e-3, 1e3};
constexpr Prior kNoise{0.00247875217666636, 2, 1e-6, 10};  // e^-6
constexpr Prior kTrend{0.15, 1.5, 1e-4, 1e2};

const Prior& prior_of(Eigen::Index i, Eigen::Index groups) {
  if (i < groups) {
    return kLength;
  }
  if (i == groups) {
    return kSignal;
  }
  return i == groups + 1 ? kNoise : kTrend;
}

constexpr int kIterations = 40;

// Distances grow with the root of the dimension: lengths that do not start in a flat region.
// Starting with much noise finds the smooth explanation; with little, wiggles that fit errors.
Hyperparameters cold_start(Eigen::Index groups) {
  const double length = 0.5 * std::sqrt(static_cast<double>(groups) / 3);
  return {Eigen::VectorXd::Constant(groups, length), 1, 0.1, {0.15, 0.15, 0.15}};
}

}  // namespace

HyperparameterPosterior::HyperparameterPosterior(const Eigen::MatrixXd& points,
                                                 const Eigen::VectorXd& targets,
                                                 const ColumnGroups& groups)
    : points_(points), targets_(targets), groups_(groups) {
  const TrendBasis basis(groups);
  const Eigen::MatrixXd features = basis.at(points);
  std::size_t i = 0;
  for (const TrendBasis::Part part : {basis.linear(), basis.quadratic(), basis.additive()}) {
    const auto columns = features.middleCols(part.first, part.columns);
    trends_[i++] = columns * columns.transpose();
  }
}

Eigen::VectorXd HyperparameterPosterior::to_logs(const Hyperparameters& hyperparameters) {
  const TrendVariances& trend = hyperparameters.trend;
  Eigen::VectorXd values(hyperparameters.lengths.size() + 5);
  values << hyperparameters.lengths, hyperparameters.signal_variance,
      hyperparameters.noise_variance, trend.linear, trend.quadratic, trend.additive;
  return values.unaryExpr(&portable::log);
}

Hyperparameters HyperparameterPosterior::from_logs(const Eigen::VectorXd& logs) {
  const Eigen::Index groups = logs.size() - 5;
  const Eigen::VectorXd values = logs.unaryExpr(&portable::exp);
  return {values.head(groups),
          values[groups],
          values[groups + 1],
          {values[groups + 2], values[groups + 3], values[groups + 4]}};
}

double HyperparameterPosterior::negated(const Eigen::VectorXd& logs,
                                        Eigen::VectorXd& gradient) const {
  const Hyperparameters at = from_logs(logs);
  const Eigen::Index groups = groups_.count;
  const Eigen::Vector3d trend = logs.tail(3).unaryExpr(&portable::exp);
  const Matern52 kernel(groups_, at.lengths, at.signal_variance);
  const Eigen::MatrixXd scaled = kernel.scaled(points_);
  const Eigen::MatrixXd squared = dense::squared_distances(scaled, scaled);
  const auto [values, slopes] = kernel.evaluate(squared);
  Eigen::MatrixXd factor = values;
  for (Eigen::Index i = 0; i < 3; ++i) {
    factor += trend[i] * trends_[static_cast<std::size_t>(i)];
  }
  factor.array() += kMeanVariance;
  const Eigen::VectorXd noise = noise_on(factor.diagonal(), at.noise_variance);
  factor.diagonal() += noise;
  factorize(factor, factor.rows());
  Eigen::VectorXd weights = targets_;
  dense::solve(factor, weights);
  double negated = targets_.dot(weights) / 2 + factor.diagonal().unaryExpr(&portable::log).sum();

  // d(-log likelihood) = tr(excess dK) / 2 (eq. 5.9)
  Eigen::MatrixXd excess = dense::inverse(factor);
  excess.noalias() -= weights * weights.transpose();
  gradient.setZero();
  // Where the noise is at its least it is a share of the variances, and goes with those.
  const Eigen::VectorXd least = (noise.array() > at.noise_variance).select(excess.diagonal(), 0.0);
  gradient[groups] =
      excess.cwiseProduct(values).sum() / 2 + kLeastNoiseShare * least.dot(values.diagonal()) / 2;
  gradient[groups + 1] = at.noise_variance * (excess.trace() - least.sum()) / 2;
  for (Eigen::Index i = 0; i < 3; ++i) {
    const Eigen::MatrixXd& part = trends_[static_cast<std::size_t>(i)];
    gradient[groups + 2 + i] =
        trend[i] *
        (excess.cwiseProduct(part).sum() + kLeastNoiseShare * least.dot(part.diagonal())) / 2;
  }

  // dk/d(log length) = slope * (scaled difference)^2, summed over all pairs by one product.
  const Eigen::MatrixXd pull = excess.cwiseProduct(slopes);
  const Eigen::RowVectorXd by_column =
      pull.rowwise().sum().transpose() * scaled.cwiseAbs2() -
      dense::product(pull, scaled).cwiseProduct(scaled).colwise().sum();
  for (Eigen::Index column = 0; column < by_column.size(); ++column) {
    gradient[groups_.group_of[static_cast<std::size_t>(column)]] += by_column[column];
  }

  for (Eigen::Index i = 0; i < logs.size(); ++i) {
    double slope = 0;
    negated += prior_of(i, groups).negated(logs[i], &slope);
    gradient[i] += slope;
  }
  return negated;
}

Hyperparameters HyperparameterPosterior::maximize(
    const std::optional<Hyperparameters>& start) const {
  const Eigen::Index groups = groups_.count;
  const Eigen::Index size = groups + 5;
  Box box{Eigen::VectorXd(size), Eigen::VectorXd(size)};
  for (Eigen::Index i = 0; i < size; ++i) {
    box.lower[i] = portable::log(prior_of(i, groups).lower);
    box.upper[i] = portable::log(prior_of(i, groups).upper);
  }
  const SmoothFunction function = [this](const Eigen::VectorXd& logs, Eigen::VectorXd& gradient) {
    return negated(logs, gradient);
  };
  const Hyperparameters from = start.value_or(cold_start(groups));
  return from_logs(minimize_in_box(function, to_logs(from), box, kIterations).x);
}

}  // namespace autoglm
