#include "optimizer/models/kernel.h"

#include "optimizer/models/dense.h"

namespace autoglm {

Matern52::Matern52(const ColumnGroups& groups, const Eigen::VectorXd& lengths,
                   double signal_variance)
    : inverse_lengths(static_cast<Eigen::Index>(groups.group_of.size())),
      variance(signal_variance) {
  for (Eigen::Index column = 0; column < inverse_lengths.size(); ++column) {
    inverse_lengths[column] = 1 / lengths[groups.group_of[static_cast<std::size_t>(column)]];
  }
}

Eigen::MatrixXd Matern52::scaled(const Eigen::MatrixXd& points) const {
  return points * inverse_lengths.asDiagonal();
}

Matern52::Evaluated Matern52::evaluate(const Eigen::MatrixXd& squared) const {
  Evaluated result{Eigen::MatrixXd(squared.rows(), squared.cols()),
                   Eigen::MatrixXd(squared.rows(), squared.cols())};
  dense::matern52_with_slope(variance, squared, result.value, result.slope);
  return result;
}

Eigen::MatrixXd Matern52::between(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) const {
  Eigen::MatrixXd result = dense::squared_distances(a, b);
  dense::matern52(variance, result);
  return result;
}

}  // namespace autoglm
