#include "optimizer/models/gaussian_regression.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace autoglm {

namespace {

constexpr double kMeanVariance = 1;  // of the prior of the constant mean
constexpr double kBeliefVariance = 1e-6;
constexpr double kLeastPivot = 1e-10;  // share of the variance; what is less is rounding

template <typename Rows>
void add_rows(Eigen::MatrixXd& matrix, const Rows& rows) {
  matrix.conservativeResize(matrix.rows() + rows.rows(), rows.cols());
  matrix.bottomRows(rows.rows()) = rows;
}

}  // namespace

Eigen::MatrixXd observation_covariance(Eigen::MatrixXd covariance, double noise) {
  covariance.array() += kMeanVariance;
  covariance.diagonal().array() += noise;
  return covariance;
}

Eigen::MatrixXd robust_cholesky(Eigen::MatrixXd covariance) {
  const double scale = covariance.diagonal().maxCoeff();
  Eigen::LLT<Eigen::MatrixXd> factor(covariance);
  const auto is_sound = [&] {
    const double least = factor.matrixLLT().diagonal().minCoeff();
    return factor.info() == Eigen::Success && least * least >= kLeastPivot * scale;
  };
  // The last step adds as much as the largest element, which makes any covariance definite.
  for (double jitter = kLeastPivot; !is_sound() && jitter <= 1; jitter *= 10) {
    covariance.diagonal().array() += jitter * scale;
    factor.compute(covariance);
  }
  return factor.matrixL();
}

GaussianRegression::GaussianRegression(Eigen::MatrixXd points, Eigen::VectorXd targets,
                                       const ColumnGroups& groups, Hyperparameters hyperparameters)
    : points_(std::move(points)),
      hyperparameters_(std::move(hyperparameters)),
      kernel_(groups, hyperparameters_.lengths, hyperparameters_.signal_variance),
      basis_(groups),
      trend_scales_(basis_.scales(hyperparameters_.trend)),
      trend_(basis_.at(points_) * trend_scales_.asDiagonal()) {
  Eigen::MatrixXd covariance = kernel_.between(points_, points_);
  covariance.noalias() += trend_ * trend_.transpose();
  lower_ = robust_cholesky(
      observation_covariance(std::move(covariance), hyperparameters_.noise_variance));
  set_targets(std::move(targets));
}

void GaussianRegression::grow(const Eigen::MatrixXd& points, Eigen::VectorXd targets) {
  for (const auto point : points.rowwise()) {
    append(point.transpose(), hyperparameters_.noise_variance);
  }
  set_targets(std::move(targets));
}

// One more row of the factor: L [l; p] with l = L^-1 k and p^2 what of the variance l leaves.
void GaussianRegression::append(const Eigen::VectorXd& point, double noise) {
  const Eigen::Index n = points_.rows();
  const Eigen::MatrixXd trend = basis_.at(point.transpose()) * trend_scales_.asDiagonal();
  const Eigen::VectorXd row =
      lower_.triangularView<Eigen::Lower>().solve(covariances(point.transpose()).col(0));
  const double variance = variance_at(trend.row(0)) + noise;
  lower_.conservativeResize(n + 1, n + 1);
  lower_.col(n).setZero();
  lower_.row(n).head(n) = row;
  lower_(n, n) = std::sqrt(std::max(variance - row.squaredNorm(), kLeastPivot * variance));
  add_rows(points_, point.transpose());
  add_rows(trend_, trend);
}

void GaussianRegression::set_targets(Eigen::VectorXd targets) {
  targets_ = std::move(targets);
  weights_ = lower_.triangularView<Eigen::Lower>().solve(targets_);
  lower_.triangularView<Eigen::Lower>().transpose().solveInPlace(weights_);
}

Eigen::MatrixXd GaussianRegression::covariances(const Eigen::MatrixXd& at) const {
  Eigen::MatrixXd covariances = kernel_.between(points_, at);
  covariances.noalias() += trend_ * (basis_.at(at) * trend_scales_.asDiagonal()).transpose();
  covariances.array() += kMeanVariance;
  return covariances;
}

double GaussianRegression::variance_at(const Eigen::VectorXd& scaled_trend) const {
  return kernel_.variance + kMeanVariance + scaled_trend.squaredNorm();
}

Eigen::VectorXd GaussianRegression::means(const Eigen::MatrixXd& at) const {
  return covariances(at).transpose() * weights_;
}

Predictions GaussianRegression::predict(const Eigen::MatrixXd& at) const {
  const Eigen::MatrixXd trend = basis_.at(at) * trend_scales_.asDiagonal();
  Eigen::MatrixXd explained = covariances(at);  // [n, m]
  Predictions result;
  result.means = explained.transpose() * weights_;
  lower_.triangularView<Eigen::Lower>().solveInPlace(explained);
  result.variances = (kernel_.variance + kMeanVariance + trend.rowwise().squaredNorm().array() -
                      explained.colwise().squaredNorm().transpose().array())
                         .max(0);
  return result;
}

PointPrediction GaussianRegression::predict_with_gradient(const Eigen::VectorXd& at) const {
  const Eigen::MatrixXd squared = kernel_.squared_distances(points_, at.transpose());  // [n, 1]
  const Matern52::Evaluated evaluated = kernel_.evaluate(squared);
  const Eigen::VectorXd trend =
      (basis_.at(at.transpose()) * trend_scales_.asDiagonal()).transpose();
  Eigen::VectorXd covariances = evaluated.value.matrix() + trend_ * trend;
  covariances.array() += kMeanVariance;
  Eigen::VectorXd explained = lower_.triangularView<Eigen::Lower>().solve(covariances);
  PointPrediction result;
  result.mean = covariances.dot(weights_);
  result.variance = std::max(0.0, variance_at(trend) - explained.squaredNorm());
  lower_.triangularView<Eigen::Lower>().transpose().solveInPlace(explained);

  // dk(x, x_i)/dx = -slope_i (x - x_i) / lengths^2, and the trend's
  const Eigen::ArrayXd slope = evaluated.slope.col(0);
  const Eigen::ArrayXd by_mean = slope * weights_.array();
  const Eigen::ArrayXd by_variance = slope * explained.array();
  const Eigen::ArrayXd precision = kernel_.inverse_lengths.array().square();
  const Eigen::VectorXd pull_of_mean = points_.transpose() * by_mean.matrix();
  const Eigen::VectorXd pull_of_variance = points_.transpose() * by_variance.matrix();
  const auto trend_slope = [&](const Eigen::VectorXd& coefficients) {
    return basis_.slope(at, trend_scales_.cwiseProduct(coefficients));
  };
  result.mean_gradient = (pull_of_mean - by_mean.sum() * at).array() * precision;
  result.mean_gradient += trend_slope(trend_.transpose() * weights_);
  result.variance_gradient = -2 * (pull_of_variance - by_variance.sum() * at).array() * precision;
  result.variance_gradient += 2 * trend_slope(trend - trend_.transpose() * explained);
  return result;
}

double GaussianRegression::log_marginal_likelihood() const {
  const double log_determinant_half = lower_.diagonal().array().log().sum();
  return -targets_.dot(weights_) / 2 - log_determinant_half -
         static_cast<double>(targets_.size()) * std::log(2 * std::numbers::pi) / 2;
}

Eigen::VectorXd GaussianRegression::leave_one_out_means() const {
  const Eigen::Index n = targets_.size();
  const Eigen::MatrixXd inverse =
      lower_.triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(n, n));
  return targets_ - weights_.cwiseQuotient(inverse.colwise().squaredNorm().transpose());
}

GaussianRegression GaussianRegression::believing(const Eigen::MatrixXd& pending) const {
  GaussianRegression model = *this;
  Eigen::VectorXd targets(targets_.size() + pending.rows());
  targets << targets_, means(pending);
  for (const auto point : pending.rowwise()) {
    model.append(point.transpose(), kBeliefVariance);
  }
  model.set_targets(std::move(targets));
  return model;
}

}  // namespace autoglm
