#include "optimizer/models/trend.h"

#include <algorithm>
#include <cmath>

namespace autoglm {

namespace {

const double kLinear = std::sqrt(3.0);
const double kQuadratic = std::sqrt(5.0);

// What brings `columns` features of variance 1 to a sum of variance 1.
double share(std::size_t columns) {
  return 1 / std::sqrt(static_cast<double>(std::max<std::size_t>(columns, 1)));
}

}  // namespace

TrendBasis::TrendBasis(const ColumnGroups& groups)
    : features_(static_cast<Eigen::Index>(groups.group_of.size())) {
  std::vector<double> choices_of(static_cast<std::size_t>(groups.count), 0);
  for (Eigen::Index column = 0; column < features_; ++column) {
    const Eigen::Index group = groups.group_of[static_cast<std::size_t>(column)];
    if (groups.is_categorical(group)) {
      choices_.push_back(column);
      ++choices_of[static_cast<std::size_t>(group)];
    } else {
      numbers_.push_back(column);
    }
  }
  const auto categorical = static_cast<std::size_t>(std::count_if(
      choices_of.begin(), choices_of.end(), [](double choices) { return choices > 0; }));
  choice_scales_.resize(static_cast<Eigen::Index>(choices_.size()));
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const Eigen::Index group = groups.group_of[static_cast<std::size_t>(choices_[i])];
    // A hot column holds 1 / sqrt(2).
    choice_scales_[static_cast<Eigen::Index>(i)] =
        std::sqrt(2 * choices_of[static_cast<std::size_t>(group)]) * share(categorical);
  }
}

Eigen::MatrixXd TrendBasis::at(const Eigen::MatrixXd& points) const {
  Eigen::MatrixXd basis(points.rows(), columns());
  const double scale = share(numbers_.size());
  const Eigen::ArrayXXd t = 2 * points(Eigen::all, numbers_).array() - 1;
  basis.leftCols(numeric()) = (kLinear * scale * t).matrix();
  basis.middleCols(numeric(), numeric()) = (kQuadratic * scale / 2 * (3 * t.square() - 1)).matrix();
  basis.rightCols(choice_scales_.size()) =
      points(Eigen::all, choices_) * choice_scales_.asDiagonal();
  return basis;
}

Eigen::VectorXd TrendBasis::scales(const TrendVariances& variances) const {
  Eigen::VectorXd scales(columns());
  scales << Eigen::VectorXd::Constant(numeric(), std::sqrt(variances.linear)),
      Eigen::VectorXd::Constant(numeric(), std::sqrt(variances.quadratic)),
      Eigen::VectorXd::Constant(additive().columns, std::sqrt(variances.additive));
  return scales;
}

Eigen::VectorXd TrendBasis::slope(const Eigen::VectorXd& point,
                                  const Eigen::VectorXd& coefficients) const {
  Eigen::VectorXd slope = Eigen::VectorXd::Zero(features_);
  const double scale = share(numbers_.size());
  const Eigen::ArrayXd t = 2 * point(numbers_).array() - 1;
  slope(numbers_) = 2 * scale *
                    (kLinear * coefficients.head(numeric()).array() +
                     3 * kQuadratic * t * coefficients.segment(numeric(), numeric()).array());
  slope(choices_) = choice_scales_.cwiseProduct(coefficients.tail(choice_scales_.size()));
  return slope;
}

}  // namespace autoglm
