#include "optimizer/models/kernel.h"

#include <utility>

namespace autoglm {

Matern52::Matern52(const ColumnGroups& groups, const Eigen::VectorXd& lengths,
                   double signal_variance)
    : inverse_lengths(static_cast<Eigen::Index>(groups.group_of.size())),
      variance(signal_variance) {
  for (Eigen::Index column = 0; column < inverse_lengths.size(); ++column) {
    inverse_lengths[column] = 1 / lengths[groups.group_of[static_cast<std::size_t>(column)]];
  }
}

Eigen::MatrixXd Matern52::squared_distances(const Eigen::MatrixXd& a,
                                            const Eigen::MatrixXd& b) const {
  const Eigen::MatrixXd scaled_a = a * inverse_lengths.asDiagonal();
  const Eigen::MatrixXd scaled_b = b * inverse_lengths.asDiagonal();
  Eigen::MatrixXd squared = -2 * scaled_a * scaled_b.transpose();
  squared.colwise() += scaled_a.rowwise().squaredNorm();
  squared.rowwise() += scaled_b.rowwise().squaredNorm().transpose();
  return squared.cwiseMax(0);
}

Matern52::Evaluated Matern52::evaluate(const Eigen::MatrixXd& squared) const {
  const Eigen::ArrayXXd a = (5 * squared.array()).sqrt();
  Eigen::ArrayXXd slope = (variance * 5 / 3) * (1 + a) * (-a).exp();
  // value / slope = (1 + a + a^2 / 3) / (1 + a) * 3 / 5
  Eigen::ArrayXXd value = slope * (0.6 + 0.2 * a.square() / (1 + a));
  return {std::move(value), std::move(slope)};
}

Eigen::MatrixXd Matern52::between(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) const {
  const Eigen::ArrayXXd distances = (5 * squared_distances(a, b).array()).sqrt();
  return (variance * (1 + distances + distances.square() / 3) * (-distances).exp()).matrix();
}

}  // namespace autoglm
