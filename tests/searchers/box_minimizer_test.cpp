#include "optimizer/models/box_minimizer.h"

#include <doctest/doctest.h>

#include <cmath>

namespace autoglm {

namespace {

const Box kBox{Eigen::Vector2d(-2, -2), Eigen::Vector2d(2, 2)};

double rosenbrock(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
  const double valley = x[1] - x[0] * x[0];
  gradient << -400 * x[0] * valley - 2 * (1 - x[0]), 200 * valley;
  return 100 * valley * valley + (1 - x[0]) * (1 - x[0]);
}

}  // namespace

TEST_CASE("Rosenbrock's valley is followed to its end") {
  const BoxMinimum minimum = minimize_in_box(rosenbrock, Eigen::Vector2d(-1.2, 1), kBox, 200);
  CHECK(minimum.value < 1e-6);
  CHECK((minimum.x - Eigen::Vector2d(1, 1)).norm() < 1e-2);
}

TEST_CASE("a minimum beyond the box is found on its face") {
  const SmoothFunction function = [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    gradient << 2 * (x[0] - 5), 2 * (x[1] - 0.5);
    return (x[0] - 5) * (x[0] - 5) + (x[1] - 0.5) * (x[1] - 0.5);
  };
  const BoxMinimum minimum = minimize_in_box(function, Eigen::Vector2d(0, 0), kBox, 50);
  CHECK(minimum.x[0] == 2);
  CHECK(minimum.x[1] == doctest::Approx(0.5).epsilon(1e-4));
}

TEST_CASE("a start outside the box, a flat function and a kink are no trouble") {
  const SmoothFunction flat = [](const Eigen::VectorXd& /*x*/, Eigen::VectorXd& gradient) {
    gradient.setZero();
    return 3.0;
  };
  const BoxMinimum stayed = minimize_in_box(flat, Eigen::Vector2d(7, -7), kBox, 50);
  CHECK(stayed.value == 3);
  CHECK(stayed.x == Eigen::Vector2d(2, -2));
  const SmoothFunction kink = [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    gradient << (x[0] > 0.3 ? 1 : -1), (x[1] > 0.3 ? 1 : -1);
    return std::abs(x[0] - 0.3) + std::abs(x[1] - 0.3);
  };
  CHECK(minimize_in_box(kink, Eigen::Vector2d(1, -1), kBox, 50).value < 1);
}

}  // namespace autoglm
