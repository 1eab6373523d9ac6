#include "optimizer/models/kernel.h"

#include <doctest/doctest.h>

#include "optimizer/models/dense.h"

namespace autoglm {

namespace {

Eigen::MatrixXd rows(std::initializer_list<std::initializer_list<double>> values) {
  return Eigen::MatrixXd(values);
}

Eigen::MatrixXd distances(const Matern52& kernel, const Eigen::MatrixXd& a,
                          const Eigen::MatrixXd& b) {
  return dense::squared_distances(kernel.scaled(a), kernel.scaled(b));
}

Eigen::MatrixXd covariances(const Matern52& kernel, const Eigen::MatrixXd& a,
                            const Eigen::MatrixXd& b) {
  return kernel.between(kernel.scaled(a), kernel.scaled(b));
}

}  // namespace

TEST_CASE("the Matern kernel agrees with scikit-learn's") {
  const Matern52 kernel({{0, 1}, 2, {}}, Eigen::Vector2d(0.4, 0.7), 1.3);
  const Eigen::MatrixXd result =
      covariances(kernel, rows({{0.1, 0.2}, {0.4, 0.9}}), rows({{0.1, 0.2}, {0.5, 0.5}, {1, 1}}));
  const Eigen::MatrixXd expected =
      rows({{1.3, 0.6169437522480051, 0.07947058830493758},
            {0.5083730983751189, 0.9807323276804225, 0.3647683195437751}});
  CHECK((result - expected).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("columns of one group share a length") {
  const Matern52 shared({{0, 0, 1}, 2, {}}, Eigen::Vector2d(0.5, 2), 1);
  CHECK(shared.inverse_lengths == Eigen::Vector3d(2, 2, 0.5));
}

TEST_CASE("the covariance of a point with itself is the variance exactly, and has no slope") {
  const Matern52 kernel({{0}, 1, {}}, Eigen::VectorXd::Constant(1, 1e-3), 2);
  const Eigen::MatrixXd point = rows({{1.0 / 3}});
  CHECK(covariances(kernel, point, point)(0, 0) == 2);
  const double slope = kernel.evaluate(distances(kernel, point, point)).slope(0, 0);
  CHECK(slope * (point(0, 0) - point(0, 0)) == 0);
}

TEST_CASE("values that come with slopes are the same values") {
  const Matern52 kernel({{0}, 1, {}}, Eigen::VectorXd::Constant(1, 0.3), 1.7);
  const Eigen::MatrixXd a = rows({{0}, {0.3}, {0.5}, {30}});
  const Eigen::MatrixXd together = kernel.evaluate(distances(kernel, a, a)).value.matrix();
  CHECK((together - covariances(kernel, a, a)).cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("the slope gives the kernel's derivative by a coordinate") {
  const Matern52 kernel({{0}, 1, {}}, Eigen::VectorXd::Constant(1, 0.3), 1.7);
  const Eigen::MatrixXd other = rows({{0.2}});
  constexpr double kStep = 1e-6;
  for (const double x : {0.2001, 0.35, 0.9}) {
    const double slope = kernel.evaluate(distances(kernel, rows({{x}}), other)).slope(0, 0);
    const double difference = (covariances(kernel, rows({{x + kStep}}), other)(0, 0) -
                               covariances(kernel, rows({{x - kStep}}), other)(0, 0)) /
                              (2 * kStep);
    CHECK(-slope * (x - 0.2) / (0.3 * 0.3) == doctest::Approx(difference).epsilon(1e-6));
  }
}

}  // namespace autoglm
