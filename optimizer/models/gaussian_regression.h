// Exact Gaussian process regression (Rasmussen and Williams, 2006, chapters 2 and 5): Matérn-5/2
// plus a low-rank trend, independent noise, a constant mean with a standard normal prior that is
// integrated out.
#pragma once

#include <Eigen/Core>
#include <cstddef>

#include "optimizer/models/kernel.h"
#include "optimizer/models/trend.h"

namespace autoglm {

struct Hyperparameters {
  Eigen::VectorXd lengths{};  // [groups]
  double signal_variance = 1;
  double noise_variance = 1e-2;
  TrendVariances trend{};
};

/// Of the function itself, without noise.
struct Predictions {
  Eigen::VectorXd means{};      // [m]
  Eigen::VectorXd variances{};  // [m], >= 0
};

struct PointPrediction {
  double mean = 0;
  double variance = 0;
  Eigen::VectorXd mean_gradient{};      // [features]
  Eigen::VectorXd variance_gradient{};  // [features]
};

/// A Gaussian process conditioned on data. Any finite data will do: one point, duplicates, constant
/// columns.
class GaussianRegression {
 public:
  /// REQUIRES: targets of the order of one (mean 0, deviation 1), at least one point.
  GaussianRegression(const Eigen::MatrixXd& points /* [n, features] */,
                     Eigen::VectorXd targets /* [n] */, const ColumnGroups& groups,
                     Hyperparameters hyperparameters);

  /// More points, in O(n^2) each, and what is known of all of them now. Equal, to the bit, to the
  /// model of all of them.
  void grow(const Eigen::MatrixXd& points /* [m, features] */,
            Eigen::VectorXd targets /* [n + m] */);

  /// REQUIRES, here and below: at least one row.
  Eigen::VectorXd means(const Eigen::MatrixXd& at /* [m, features] */) const;  // [m]
  Predictions predict(const Eigen::MatrixXd& at /* [m, features] */) const;
  PointPrediction predict_with_gradient(const Eigen::VectorXd& at /* [features] */) const;

  /// means(points()), in O(n).
  Eigen::VectorXd fitted_means() const;  // [n]

  double log_marginal_likelihood() const;

  /// What the model would predict for each target from the others, [n] (eq. 5.12).
  Eigen::VectorXd leave_one_out_means() const;

  /// The same model, further conditioned on its own mean at `pending` ("kriging believer",
  /// Ginsbourger et al., 2010): the mean stays, the variance shrinks there. To nothing: they are
  /// believed without noise, so that what is under way is not asked for again.
  GaussianRegression believing(const Eigen::MatrixXd& pending /* [m, features] */) const;

  const Hyperparameters& hyperparameters() const { return hyperparameters_; }
  const Eigen::MatrixXd& points() const { return points_; }
  const Eigen::VectorXd& targets() const { return targets_; }

 private:
  void append(const Eigen::MatrixXd& points /* [m, features] */, double noise);
  void set_targets(Eigen::VectorXd targets);
  Predictions predict_few(const Eigen::MatrixXd& at /* [m, features] */) const;
  Eigen::MatrixXd covariances(const Eigen::MatrixXd& at /* [m, features] */) const;  // [n, m]
  Eigen::MatrixXd trend_at(const Eigen::MatrixXd& points) const;  // scaled, [m, basis columns]
  // Cholesky factor of the points' covariance with noise, [n, n]
  auto lower() const { return factor_.topLeftCorner(points_.rows(), points_.rows()); }

  Eigen::MatrixXd points_;   // [n, features]
  Eigen::VectorXd targets_;  // [n]
  Hyperparameters hyperparameters_;
  Matern52 kernel_;
  TrendBasis basis_;
  Eigen::VectorXd trend_scales_;   // [basis columns]
  Eigen::MatrixXd scaled_;         // the points in units of the lengths, [n, features]
  Eigen::MatrixXd trend_;          // scaled, of the points, [n, basis columns]
  Eigen::VectorXd noise_;          // its variance on each observation, [n]
  Eigen::MatrixXd factor_;         // lower() and room for more, so that growing copies seldom
  Eigen::VectorXd weights_;        // (K + noise)^-1 targets, [n]
  Eigen::VectorXd trend_weights_;  // trend' * weights, [basis columns]
};

/// What independent noise adds to the variances of observations: the noise, but at least this share
/// of them, so that no rounding makes a covariance indefinite, not with a thousand equal points.
constexpr double kLeastNoiseShare = 1e-8;
Eigen::VectorXd noise_on(const Eigen::VectorXd& variances /* [n] */, double noise);

/// Replaces the lower part of a covariance, the first `size` rows and columns, by its Cholesky
/// factor, from row `known` on: those before hold theirs. REQUIRES: the noise is in it.
void factorize(Eigen::MatrixXd& covariance /* [>= size, >= size] */, Eigen::Index size,
               Eigen::Index known = 0);

constexpr double kMeanVariance = 1;  // of the prior of the constant mean

}  // namespace autoglm
