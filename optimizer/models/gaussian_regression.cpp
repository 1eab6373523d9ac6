#include "optimizer/models/gaussian_regression.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "optimizer/models/dense.h"
#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr double kBeliefVariance = 1e-6;
constexpr Eigen::Index kRoom = 64;       // points more than a factor that grew has to hold
constexpr Eigen::Index kTogether = 128;  // points to predict whose covariances fit into a cache

void add_rows(Eigen::MatrixXd& matrix, const Eigen::MatrixXd& rows) {
  matrix.conservativeResize(matrix.rows() + rows.rows(), rows.cols());
  matrix.bottomRows(rows.rows()) = rows;
}

}  // namespace

Eigen::VectorXd noise_on(const Eigen::VectorXd& variances, double noise) {
  return (kLeastNoiseShare * variances).cwiseMax(noise);
}

void factorize(Eigen::MatrixXd& covariance, Eigen::Index size, Eigen::Index known) {
  if (!dense::grow_cholesky(covariance.topLeftCorner(size, size), known)) {
    throw std::logic_error("a covariance is not positive definite: its points are not finite");
  }
}

GaussianRegression::GaussianRegression(const Eigen::MatrixXd& points, Eigen::VectorXd targets,
                                       const ColumnGroups& groups, Hyperparameters hyperparameters)
    : hyperparameters_(std::move(hyperparameters)),
      kernel_(groups, hyperparameters_.lengths, hyperparameters_.signal_variance),
      basis_(groups),
      trend_scales_(basis_.scales(hyperparameters_.trend)) {
  grow(points, std::move(targets));
}

void GaussianRegression::grow(const Eigen::MatrixXd& points, Eigen::VectorXd targets) {
  append(points, hyperparameters_.noise_variance);
  set_targets(std::move(targets));
}

void GaussianRegression::append(const Eigen::MatrixXd& points, double noise) {
  const Eigen::Index known = points_.rows();
  const Eigen::Index added = points.rows();
  add_rows(points_, points);
  add_rows(scaled_, kernel_.scaled(points));
  add_rows(trend_, trend_at(points));
  const Eigen::Index size = known + added;
  if (factor_.rows() < size) {
    const Eigen::Index room = known == 0 ? size : size + kRoom;
    factor_.conservativeResize(room, room);
  }
  auto covariance = factor_.topLeftCorner(size, size);
  covariance.bottomRows(added) = covariances(points).transpose();
  noise_.conservativeResize(size);
  noise_.tail(added) = noise_on(covariance.diagonal().tail(added), noise);
  covariance.diagonal().tail(added) += noise_.tail(added);
  factorize(factor_, size, known);
}

void GaussianRegression::set_targets(Eigen::VectorXd targets) {
  targets_ = std::move(targets);
  weights_ = targets_;
  dense::solve(lower(), weights_);
  trend_weights_ = trend_.transpose() * weights_;
}

Eigen::MatrixXd GaussianRegression::trend_at(const Eigen::MatrixXd& points) const {
  return basis_.at(points) * trend_scales_.asDiagonal();
}

Eigen::MatrixXd GaussianRegression::covariances(const Eigen::MatrixXd& at) const {
  Eigen::MatrixXd covariances = kernel_.between(scaled_, kernel_.scaled(at));
  covariances += dense::product_with_transposed(trend_, trend_at(at));
  covariances.array() += kMeanVariance;
  return covariances;
}

Eigen::VectorXd GaussianRegression::means(const Eigen::MatrixXd& at) const {
  return dense::transposed_product(covariances(at), weights_);
}

Predictions GaussianRegression::predict(const Eigen::MatrixXd& at) const {
  Predictions result{Eigen::VectorXd(at.rows()), Eigen::VectorXd(at.rows())};
  for (Eigen::Index first = 0; first < at.rows(); first += kTogether) {
    const Eigen::Index count = std::min(kTogether, at.rows() - first);
    const Predictions few = predict_few(at.middleRows(first, count));
    result.means.segment(first, count) = few.means;
    result.variances.segment(first, count) = few.variances;
  }
  return result;
}

Predictions GaussianRegression::predict_few(const Eigen::MatrixXd& at) const {
  Eigen::MatrixXd explained = covariances(at);  // [n, m]
  Predictions result;
  result.means = dense::transposed_product(explained, weights_);
  dense::forward_solve(lower(), explained);
  result.variances =
      (kernel_.variance + kMeanVariance + trend_at(at).rowwise().squaredNorm().array() -
       explained.colwise().squaredNorm().transpose().array())
          .max(0);
  return result;
}

PointPrediction GaussianRegression::predict_with_gradient(const Eigen::VectorXd& at) const {
  const Eigen::MatrixXd squared =
      dense::squared_distances(scaled_, kernel_.scaled(at.transpose()));  // [n, 1]
  const Matern52::Evaluated evaluated = kernel_.evaluate(squared);
  const Eigen::VectorXd trend = trend_at(at.transpose()).transpose();
  Eigen::VectorXd covariances = evaluated.value + trend_ * trend;
  covariances.array() += kMeanVariance;
  Eigen::VectorXd explained = covariances;
  dense::forward_solve(lower(), explained);
  PointPrediction result;
  result.mean = covariances.dot(weights_);
  result.variance = std::max(
      0.0, kernel_.variance + kMeanVariance + trend.squaredNorm() - explained.squaredNorm());
  dense::backward_solve(lower(), explained);

  // dk(x, x_i)/dx = -slope_i (x - x_i) / lengths^2, and the trend's
  const Eigen::ArrayXd slope = evaluated.slope.col(0).array();
  const Eigen::ArrayXd by_mean = slope * weights_.array();
  const Eigen::ArrayXd by_variance = slope * explained.array();
  const Eigen::ArrayXd precision = kernel_.inverse_lengths.array().square();
  const Eigen::VectorXd pull_of_mean = points_.transpose() * by_mean.matrix();
  const Eigen::VectorXd pull_of_variance = points_.transpose() * by_variance.matrix();
  const auto trend_slope = [&](const Eigen::VectorXd& coefficients) {
    return basis_.slope(at, trend_scales_.cwiseProduct(coefficients));
  };
  result.mean_gradient = (pull_of_mean - by_mean.sum() * at).array() * precision;
  result.mean_gradient += trend_slope(trend_weights_);
  result.variance_gradient = -2 * (pull_of_variance - by_variance.sum() * at).array() * precision;
  result.variance_gradient += 2 * trend_slope(trend - trend_.transpose() * explained);
  return result;
}

// K w = (K + noise) w - noise w = targets - noise w
Eigen::VectorXd GaussianRegression::fitted_means() const {
  return targets_ - noise_.cwiseProduct(weights_);
}

double GaussianRegression::log_marginal_likelihood() const {
  const double log_determinant_half = lower().diagonal().unaryExpr(&portable::log).sum();
  return -targets_.dot(weights_) / 2 - log_determinant_half -
         static_cast<double>(targets_.size()) * portable::log(2 * std::numbers::pi) / 2;
}

Eigen::VectorXd GaussianRegression::leave_one_out_means() const {
  return targets_ - weights_.cwiseQuotient(dense::inverse(lower()).diagonal());
}

GaussianRegression GaussianRegression::believing(const Eigen::MatrixXd& pending) const {
  GaussianRegression model = *this;
  Eigen::VectorXd targets(targets_.size() + pending.rows());
  targets << targets_, means(pending);
  model.append(pending, kBeliefVariance);
  model.set_targets(std::move(targets));
  return model;
}

}  // namespace autoglm
