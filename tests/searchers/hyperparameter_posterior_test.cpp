// Expected numbers are SciPy's, for the same density (reference.py).
#include "optimizer/models/hyperparameter_posterior.h"

#include <doctest/doctest.h>

#include <cmath>

#include "optimizer/models/sobol_sequence.h"
#include "search_space/random.h"

namespace autoglm {

namespace {

const ColumnGroups kTwo{{0, 1}, 2, {}};
const Eigen::MatrixXd kPoints({{0.1, 0.2}, {0.4, 0.9}, {0.8, 0.5}, {0.7, 0.1}, {0.3, 0.6}});
// Two numbers and a choice of three.
const ColumnGroups kMixed{{0, 1, 2, 2, 2}, 3, {false, false, true}};
constexpr double kHot = 0.70710678118654752;
const Eigen::MatrixXd kMixedPoints({{0.1, 0.2, kHot, 0, 0},
                                    {0.4, 0.9, 0, kHot, 0},
                                    {0.8, 0.5, 0, 0, kHot},
                                    {0.7, 0.1, 0, kHot, 0},
                                    {0.3, 0.6, kHot, 0, 0}});
const Eigen::VectorXd kTargets({{0.5, -1.2, 0.3, 1.4, -1.0}});

}  // namespace

TEST_CASE("the posterior density of hyper-parameters agrees with SciPy's") {
  const HyperparameterPosterior posterior(kMixedPoints, kTargets, kMixed);
  Eigen::VectorXd gradient(8);
  const Eigen::VectorXd logs = HyperparameterPosterior::to_logs(
      {Eigen::Vector3d(0.4, 0.7, 0.5), 1.3, 0.05, {0.2, 0.1, 0.3}});
  CHECK(posterior.negated(logs, gradient) == doctest::Approx(5.3789261908243695).epsilon(1e-13));
}

TEST_CASE("the gradient of the posterior is that of its values") {
  const HyperparameterPosterior posterior(kMixedPoints, kTargets, kMixed);
  for (const double lengths : {0.05, 0.5, 5.0}) {
    const Eigen::VectorXd at = HyperparameterPosterior::to_logs(
        {Eigen::Vector3d(lengths, 0.3, 0.6), 0.8, 1e-3, {0.2, 0.01, 3}});
    Eigen::VectorXd gradient(8);
    Eigen::VectorXd unused(8);
    posterior.negated(at, gradient);
    constexpr double kStep = 1e-4;
    for (Eigen::Index i = 0; i < 8; ++i) {
      const Eigen::VectorXd step = Eigen::VectorXd::Unit(8, i) * kStep;
      const double difference =
          (posterior.negated(at + step, unused) - posterior.negated(at - step, unused)) /
          (2 * kStep);
      CHECK(gradient[i] == doctest::Approx(difference).epsilon(1e-6));
    }
  }
}

// Regression: below its least value the noise had a slope that the values did not have.
TEST_CASE("the gradient is that of the values where the noise is at its least") {
  // Twins, which only the noise tells apart: in a corner, where the trend varies most, and in the
  // middle, where it varies least.
  const Eigen::MatrixXd points({{0.9, 0.95}, {0.9, 0.95}, {0.5, 0.5}, {0.5, 0.5}, {0.2, 0.7}});
  const Eigen::VectorXd targets({{0.5, 0.502, -0.4, -0.402, 1}});
  const HyperparameterPosterior posterior(points, targets, kTwo);
  // Variances of about 1000 everywhere, so 1e-5 of noise instead of the 1e-6 given; and more than
  // 200 in the corner alone, so that the noise given, 2e-6, counts in the middle.
  for (const Hyperparameters& hyperparameters :
       {Hyperparameters{Eigen::Vector2d(3, 2), 1000, 1e-6, {0.2, 0.1, 0.3}},
        Hyperparameters{Eigen::Vector2d(3, 2), 10, 2e-6, {900, 100, 1}}}) {
    const Eigen::VectorXd at = HyperparameterPosterior::to_logs(hyperparameters);
    Eigen::VectorXd gradient(7);
    Eigen::VectorXd unused(7);
    posterior.negated(at, gradient);
    constexpr double kStep = 1e-3;
    for (Eigen::Index i = 0; i < 7; ++i) {
      CAPTURE(i);
      const Eigen::VectorXd step = Eigen::VectorXd::Unit(7, i) * kStep;
      const double difference =
          (posterior.negated(at + step, unused) - posterior.negated(at - step, unused)) /
          (2 * kStep);
      CHECK(gradient[i] == doctest::Approx(difference).epsilon(1e-4));
    }
  }
}

TEST_CASE("the fit finds the maximum that SciPy finds") {
  const HyperparameterPosterior posterior(kMixedPoints, kTargets, kMixed);
  Eigen::VectorXd gradient(8);
  const Eigen::VectorXd logs = HyperparameterPosterior::to_logs(posterior.maximize());
  CHECK(posterior.negated(logs, gradient) == doctest::Approx(3.183875310338426).epsilon(1e-5));
  const Eigen::VectorXd expected(
      {{-0.6256266514379843, -0.8130214475931012, -0.2771476009703929, -0.39940736637659385,
        -6.009361813121233, -1.056398594868416, -2.14011664369893, -2.530422111882427}});
  CHECK((logs - expected).cwiseAbs().maxCoeff() < 0.02);
}

TEST_CASE("a fit to anything finite ends with hyper-parameters in their box") {
  const Eigen::MatrixXd same = Eigen::MatrixXd::Constant(20, 2, 0.5);
  const Eigen::MatrixXd grid = Eigen::MatrixXd::NullaryExpr(
      20, 2,
      [](Eigen::Index i, Eigen::Index j) { return j == 0 ? static_cast<double>(i) / 19 : 0.0; });
  for (const Eigen::MatrixXd& points : {same, grid}) {
    for (const Eigen::VectorXd& targets :
         {Eigen::VectorXd(Eigen::VectorXd::Zero(20)),
          Eigen::VectorXd(Eigen::VectorXd::LinSpaced(20, -1.7, 1.7)),
          Eigen::VectorXd(Eigen::VectorXd::Unit(20, 3) * 4)}) {
      const Hyperparameters fitted = HyperparameterPosterior(points, targets, kTwo).maximize();
      CHECK(fitted.lengths.minCoeff() >= 0.0199);
      CHECK(fitted.lengths.maxCoeff() <= 60.1);
      CHECK(fitted.signal_variance >= 0.99e-3);
      CHECK(fitted.noise_variance >= 0.99e-6);
    }
  }
}

TEST_CASE("noise is told from signal") {
  // A smooth function of the first column; the same with normal errors of half its deviation.
  const Eigen::MatrixXd points =
      Eigen::MatrixXd::NullaryExpr(60, 2, [](Eigen::Index i, Eigen::Index j) {
        return SobolSequence(2).point(static_cast<std::uint64_t>(i))[static_cast<std::size_t>(j)];
      });
  Eigen::VectorXd targets = (points.col(0) * 6).array().sin() * std::sqrt(2);
  CHECK(HyperparameterPosterior(points, targets, kTwo).maximize().noise_variance < 1e-3);
  Rng rng(1, 1);
  for (double& target : targets) {
    target += 0.5 * rng.normal();
  }
  const double noise = HyperparameterPosterior(points, targets, kTwo).maximize().noise_variance;
  CHECK(noise > 0.15);
  CHECK(noise < 0.35);
}

}  // namespace autoglm
