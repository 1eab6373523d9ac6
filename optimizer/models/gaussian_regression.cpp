#include "optimizer/models/gaussian_regression.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace autoglm {

namespace {

constexpr double kMeanVariance = 1;  // of the prior of the constant mean
constexpr double kBeliefVariance = 1e-6;

}  // namespace

Eigen::MatrixXd observation_covariance(Eigen::MatrixXd covariance, const Eigen::VectorXd& noise) {
  covariance.array() += kMeanVariance;
  covariance.diagonal() += noise;
  return covariance;
}

Eigen::LLT<Eigen::MatrixXd> robust_cholesky(Eigen::MatrixXd covariance) {
  const double scale = covariance.diagonal().maxCoeff();
  Eigen::LLT<Eigen::MatrixXd> factor(covariance);
  // The last step adds as much as the largest element, which makes any covariance definite.
  for (double jitter = 1e-10; factor.info() != Eigen::Success && jitter <= 1; jitter *= 10) {
    covariance.diagonal().array() += jitter * scale;
    factor.compute(covariance);
  }
  return factor;
}

GaussianRegression::GaussianRegression(Eigen::MatrixXd points, const Eigen::VectorXd& targets,
                                       ColumnGroups groups, const Hyperparameters& hyperparameters)
    : GaussianRegression(
          Data{std::move(points), targets,
               Eigen::VectorXd::Constant(targets.size(), hyperparameters.noise_variance)},
          std::move(groups), hyperparameters) {}

GaussianRegression::GaussianRegression(Data data, ColumnGroups groups,
                                       Hyperparameters hyperparameters)
    : points_(std::move(data.points)),
      targets_(std::move(data.targets)),
      noise_(std::move(data.noise)),
      groups_(std::move(groups)),
      hyperparameters_(std::move(hyperparameters)),
      kernel_(groups_, hyperparameters_.lengths, hyperparameters_.signal_variance),
      factor_(robust_cholesky(observation_covariance(kernel_.between(points_, points_), noise_))),
      weights_(factor_.solve(targets_)) {}

Eigen::VectorXd GaussianRegression::means(const Eigen::MatrixXd& at) const {
  const Eigen::VectorXd from_kernel = kernel_.between(at, points_) * weights_;
  return from_kernel.array() + kMeanVariance * weights_.sum();
}

Predictions GaussianRegression::predict(const Eigen::MatrixXd& at) const {
  Eigen::MatrixXd covariances = kernel_.between(points_, at);  // [n, m]
  covariances.array() += kMeanVariance;
  Predictions result;
  result.means = covariances.transpose() * weights_;
  factor_.matrixL().solveInPlace(covariances);
  result.variances =
      (kernel_.variance + kMeanVariance - covariances.colwise().squaredNorm().transpose().array())
          .max(0);
  return result;
}

PointPrediction GaussianRegression::predict_with_gradient(const Eigen::VectorXd& at) const {
  const Eigen::MatrixXd squared = kernel_.squared_distances(points_, at.transpose());  // [n, 1]
  const Matern52::Evaluated evaluated = kernel_.evaluate(squared);
  Eigen::VectorXd covariances = evaluated.value.matrix();
  covariances.array() += kMeanVariance;
  const Eigen::VectorXd explained = factor_.solve(covariances);
  PointPrediction result;
  result.mean = covariances.dot(weights_);
  result.variance = std::max(0.0, kernel_.variance + kMeanVariance - covariances.dot(explained));

  // dk(x, x_i)/dx = -slope_i (x - x_i) / lengths^2
  const Eigen::ArrayXd slope = evaluated.slope.col(0);
  const Eigen::ArrayXd by_mean = slope * weights_.array();
  const Eigen::ArrayXd by_variance = slope * explained.array();
  const Eigen::ArrayXd precision = kernel_.inverse_lengths.array().square();
  const Eigen::VectorXd pull_of_mean = points_.transpose() * by_mean.matrix();
  const Eigen::VectorXd pull_of_variance = points_.transpose() * by_variance.matrix();
  result.mean_gradient = (pull_of_mean - by_mean.sum() * at).array() * precision;
  result.variance_gradient = -2 * (pull_of_variance - by_variance.sum() * at).array() * precision;
  return result;
}

double GaussianRegression::log_marginal_likelihood() const {
  const double log_determinant_half = factor_.matrixLLT().diagonal().array().log().sum();
  return -targets_.dot(weights_) / 2 - log_determinant_half -
         static_cast<double>(targets_.size()) * std::log(2 * std::numbers::pi) / 2;
}

Eigen::VectorXd GaussianRegression::leave_one_out_means() const {
  const Eigen::Index n = targets_.size();
  const Eigen::MatrixXd inverse = factor_.solve(Eigen::MatrixXd::Identity(n, n));
  return targets_ - weights_.cwiseQuotient(inverse.diagonal());
}

GaussianRegression GaussianRegression::believing(const Eigen::MatrixXd& pending) const {
  const Eigen::Index n = points_.rows();
  const Eigen::Index m = pending.rows();
  Data data{Eigen::MatrixXd(n + m, points_.cols()), Eigen::VectorXd(n + m), Eigen::VectorXd(n + m)};
  data.points << points_, pending;
  data.targets << targets_, means(pending);
  data.noise << noise_, Eigen::VectorXd::Constant(m, kBeliefVariance);
  return {std::move(data), groups_, hyperparameters_};
}

}  // namespace autoglm
