// The Matérn-5/2 kernel with automatic relevance determination (Rasmussen and Williams, "Gaussian
// Processes for Machine Learning", 2006, eq. 4.17).
#pragma once

#include <Eigen/Core>
#include <vector>

namespace autoglm {

/// Columns of a feature matrix that share a length-scale: those of one parameter.
struct ColumnGroups {
  std::vector<Eigen::Index> group_of{};  // [features], each in [0, count)
  Eigen::Index count = 0;
  std::vector<bool> categorical{};  // [groups], whether its columns are one-hot; empty: none is

  bool is_categorical(Eigen::Index group) const {
    return !categorical.empty() && categorical[static_cast<std::size_t>(group)];
  }
};

/// k(x, x') = variance * (1 + a + a^2 / 3) exp(-a), a = sqrt(5) |(x - x') / lengths|.
struct Matern52 {
  Eigen::VectorXd inverse_lengths{};  // [features]
  double variance = 1;

  Matern52(const ColumnGroups& groups, const Eigen::VectorXd& lengths /* [groups] */,
           double variance);

  /// Points in units of the lengths, [m, features]: what distances are taken of.
  Eigen::MatrixXd scaled(const Eigen::MatrixXd& points /* [m, features] */) const;

  /// k of squared scaled distances, element by element; and s with dk/dx = -s (x - x') / lengths^2,
  /// which divides by no distance, so that it is right at 0 too.
  struct Evaluated {
    Eigen::MatrixXd value{};
    Eigen::MatrixXd slope{};
  };
  Evaluated evaluate(const Eigen::MatrixXd& squared) const;

  /// k of scaled points, [m, n].
  Eigen::MatrixXd between(const Eigen::MatrixXd& a /* [m, features] */,
                          const Eigen::MatrixXd& b /* [n, features] */) const;
};

}  // namespace autoglm
