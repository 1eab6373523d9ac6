// A trend that a Gaussian process adds to its stationary part: straight lines and parabolas in
// numbers, a constant a choice. With few trials it says more than a bump around each of them.
#pragma once

#include <Eigen/Core>

#include "optimizer/models/kernel.h"

namespace autoglm {

/// The prior variance of each part's coefficients; 0: without it.
struct TrendVariances {
  double linear = 0;
  double quadratic = 0;
  double additive = 0;  // of choices
};

/// A Bayesian linear model's features (Rasmussen and Williams, 2006, section 2.7). With u in [0, 1]
/// and t = 2u - 1, Legendre polynomials of variance 1 over uniform u:
/// - sqrt(3) t and sqrt(5) (3 t^2 - 1) / 2 of a numeric column, divided by sqrt(numeric columns);
/// - sqrt(k) for the choice taken of k, 0 for the others, divided by sqrt(categorical parameters).
class TrendBasis {
 public:
  explicit TrendBasis(const ColumnGroups& groups);

  struct Part {
    Eigen::Index first = 0;
    Eigen::Index columns = 0;
  };
  Part linear() const { return {0, numeric()}; }
  Part quadratic() const { return {numeric(), numeric()}; }
  Part additive() const { return {2 * numeric(), static_cast<Eigen::Index>(choices_.size())}; }
  Eigen::Index columns() const { return 2 * numeric() + additive().columns; }

  Eigen::MatrixXd at(const Eigen::MatrixXd& points /* [n, features] */) const;  // [n, columns]

  /// The square roots of the parts' variances, a column each.
  Eigen::VectorXd scales(const TrendVariances& variances) const;

  /// The gradient of coefficients' * at(point) by the point, [features].
  Eigen::VectorXd slope(const Eigen::VectorXd& point /* [features] */,
                        const Eigen::VectorXd& coefficients /* [columns] */) const;

 private:
  Eigen::Index numeric() const { return static_cast<Eigen::Index>(numbers_.size()); }

  Eigen::Index features_;
  std::vector<Eigen::Index> numbers_{};  // numeric columns of the feature matrix
  std::vector<Eigen::Index> choices_{};  // one-hot columns
  Eigen::VectorXd choice_scales_{};      // from a one-hot column to the basis
};

}  // namespace autoglm
