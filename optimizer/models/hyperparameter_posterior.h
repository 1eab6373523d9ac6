// Which hyper-parameters a Gaussian process should have: maximum a posteriori (Rasmussen and
// Williams, 2006, section 5.4.1).
#pragma once

#include <Eigen/Core>
#include <array>
#include <optional>

#include "optimizer/models/gaussian_regression.h"
#include "optimizer/models/kernel.h"

namespace autoglm {

/// The marginal likelihood times the priors, for features in [0, 1] and targets of deviation 1. In
/// logarithms the priors are: lengths N(log 0.5, 1), signal variance N(0, 1), noise variance
/// N(-6, 2^2), the trend's three variances N(log 0.15, 1.5^2). Borrows its arguments, which must
/// outlive it.
class HyperparameterPosterior {
 public:
  HyperparameterPosterior(const Eigen::MatrixXd& points /* [n, features] */,
                          const Eigen::VectorXd& targets /* [n] */, const ColumnGroups& groups);

  /// The logarithms of the lengths, of the signal's and the noise's variance, and of the variances
  /// of the trend's linear, quadratic and additive part, [groups + 5].
  static Eigen::VectorXd to_logs(const Hyperparameters& hyperparameters);
  static Hyperparameters from_logs(const Eigen::VectorXd& logs);

  /// The negated log density, up to a constant; overwrites `gradient`.
  double negated(const Eigen::VectorXd& logs, Eigen::VectorXd& gradient) const;

  /// The most likely ones in a sensible box: a maximum uphill from `start`; nothing: from a start
  /// that depends on the number of groups alone.
  Hyperparameters maximize(const std::optional<Hyperparameters>& start = {}) const;

 private:
  const Eigen::MatrixXd& points_;
  const Eigen::VectorXd& targets_;
  const ColumnGroups& groups_;
  std::array<Eigen::MatrixXd, 3> trends_{};  // covariances of the parts at variance 1, [n, n]
};

}  // namespace autoglm
