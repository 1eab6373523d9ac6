#include "optimizer/models/policy_natural.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "study_past.h"

namespace autoglm {

using doctest::Approx;

namespace {

using Cost = std::function<double(const Eigen::VectorXd&)>;

// The mean after `iterations` of ten samples each.
Eigen::VectorXd minimized(PolicyGaussian& gaussian, const Cost& cost, int iterations) {
  Rng rng(1, 0);
  const Eigen::VectorXd none = Eigen::VectorXd::Zero(gaussian.size());
  for (int i = 0; i < iterations; ++i) {
    std::vector<std::pair<double, Eigen::VectorXd>> drawn;
    for (int k = 0; k < 10; ++k) {
      Eigen::VectorXd x = gaussian.draw(rng, none);
      const double value = cost(x);
      drawn.emplace_back(value, std::move(x));
    }
    std::sort(drawn.begin(), drawn.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    PolicyGaussian::Samples samples{Eigen::MatrixXd(gaussian.size(), 10),
                                    Eigen::MatrixXd::Ones(gaussian.size(), 10),
                                    Eigen::VectorXd::Ones(10)};
    for (Eigen::Index k = 0; k < 10; ++k) {
      samples.points.col(k) = drawn[static_cast<std::size_t>(k)].second;
    }
    gaussian.learn(samples, 1e-9);
  }
  return gaussian.mean();
}

PolicyGaussian::Samples two_samples() {
  return {Eigen::MatrixXd{{0.6, 0.3}, {0.5, 0.9}}, Eigen::MatrixXd{{1, 1}, {1, 0}},
          Eigen::Vector2d::Ones()};
}

}  // namespace

TEST_CASE("covariance adaptation finds the minimum of a narrow rotated valley") {
  const Eigen::Vector3d optimum(0.3, 0.62, 0.55);
  PolicyGaussian gaussian(3, 0.2);
  const Cost valley = [&](const Eigen::VectorXd& x) {
    const Eigen::VectorXd z = x - optimum;
    return std::pow(z.sum(), 2) * 1e4 + std::pow(z[0] - z[1], 2) + std::pow(z[2], 2);
  };
  CHECK((minimized(gaussian, valley, 150) - optimum).norm() < 1e-4);
  CHECK(gaussian.deviations().maxCoeff() < 1e-3);
}

TEST_CASE("one iteration moves the mean to the better of two samples, equation 42") {
  PolicyGaussian gaussian(2, 0.2);
  gaussian.learn(two_samples(), 1e-9);
  CHECK(gaussian.mean()[0] == Approx(0.6));
  CHECK(gaussian.mean()[1] == Approx(0.5));
}

TEST_CASE("a coordinate that no sample asked for stays as it was") {
  PolicyGaussian gaussian(2, 0.2);
  PolicyGaussian::Samples samples = two_samples();
  samples.active.row(1).setZero();
  for (int i = 0; i < 5; ++i) {
    gaussian.learn(samples, 1e-9);
  }
  CHECK(gaussian.mean()[1] == 0.5);
  CHECK(gaussian.deviations()[1] == doctest::Approx(0.2));
}

TEST_CASE("a branch that is hardly ever asked for keeps its deviations, finite for ever") {
  PolicyGaussian gaussian(2, 0.2);
  Rng rng(3, 0);
  for (int i = 0; i < 5000; ++i) {
    PolicyGaussian::Samples samples = two_samples();
    samples.active.setZero();
    if (rng.uniform() < 0.02) {
      samples.active(0, 0) = 1;
      samples.points(0, 0) = 0.5 + 0.2 * rng.normal();
    }
    gaussian.learn(samples, 1e-3);
  }
  CHECK(gaussian.deviations().allFinite());
  CHECK(gaussian.deviations()[1] == doctest::Approx(0.2));
}

TEST_CASE("no direction deviates by less than the floor, nor by more than a half") {
  PolicyGaussian gaussian(2, 0.2);
  const Cost sphere = [](const Eigen::VectorXd& x) { return x.squaredNorm(); };
  Eigen::VectorXd none = Eigen::VectorXd::Zero(2);
  for (int i = 0; i < 60; ++i) {
    PolicyGaussian::Samples samples = two_samples();
    samples.points.setConstant(0.5);
    gaussian.learn(samples, 0.05);
  }
  CHECK(gaussian.deviations().minCoeff() >= 0.05 - 1e-12);
  Rng rng(1, 0);
  for (int i = 0; i < 60; ++i) {
    PolicyGaussian::Samples samples = two_samples();
    samples.points << 0, 1, 1, 0;
    samples.active.setOnes();
    gaussian.learn(samples, 0.05);
    CHECK(gaussian.deviations().maxCoeff() <= 0.5 + 1e-12);
    const Eigen::VectorXd drawn = gaussian.draw(rng, none);
    CHECK(drawn.minCoeff() >= 0);
    CHECK(drawn.maxCoeff() <= 1);
  }
}

TEST_CASE("the divergence of two normal distributions is the closed form") {
  const PolicyGaussian wide(3, 0.4);
  const PolicyGaussian narrow(3, 0.1);
  // 3 (ln 4 + 1/32 - 1/2).
  CHECK(narrow.divergence_from(wide) == Approx(2.7526330833596716));
  CHECK(wide.divergence_from(wide) == Approx(0).epsilon(1e-12));
}

TEST_CASE("a step that would go further than the limit is shortened until it does not") {
  const SearchSpace space = testing::space_of(R"({
    "c": {"type": "categorical", "choices": [1, 2, 3]},
    "x": {"type": "uniform", "min": 0, "max": 1}})");
  const PolicyProcess process(space);
  const Episode good = process.episode_of(testing::configuration_of(R"({"c": 1, "x": 0})", space));
  const Episode bad = process.episode_of(testing::configuration_of(R"({"c": 2, "x": 1})", space));
  for (const double limit : {10.0, 0.3, 0.01}) {
    NaturalPolicy policy(process, 0.2);
    const NaturalPolicy before = policy;
    policy.learn({{&good, 0}, {&bad, 1}}, {}, limit);
    CHECK(policy.divergence_from(before) <= limit);
    CHECK(policy.divergence_from(before) > 0);
    CHECK(policy.probabilities(0)[0] > 1.0 / 3);
    CHECK(policy.mean(1) < 0.5);
  }
}

TEST_CASE("a choice that always loses settles at its share of the floor, divided by the new sum") {
  const SearchSpace space =
      testing::space_of(R"({"c": {"type": "categorical", "choices": [1, 2, 3, 4]}})");
  const PolicyProcess process(space);
  const Episode good = process.episode_of(testing::configuration_of(R"({"c": 3})", space));
  const Episode bad = process.episode_of(testing::configuration_of(R"({"c": 2})", space));
  NaturalPolicy policy(process, 0.2);
  for (int i = 0; i < 50; ++i) {
    policy.learn({{&good, 0}, {&bad, 1}}, {.probability = 0.2}, 2);
  }
  // The winner goes from 1 - 3 t half of the way to 1, the others are raised to 0.2 / 4, all are
  // divided by their sum: t = 0.05 / (0.15 + 1 - 1.5 t), so t = (1.15 - sqrt(1.0225)) / 3.
  CHECK(policy.probabilities(0)[1] == Approx(0.0462709).epsilon(1e-6));
  CHECK(policy.probabilities(0)[2] == Approx(0.8611874).epsilon(1e-6));
  CHECK(policy.probabilities(0).minCoeff() > 0.2 / (4 + 3 * 0.2));
}

TEST_CASE("a preference is the density of the folded distribution that draws have") {
  const SearchSpace space = testing::space_of(R"({
    "n": {"type": "int", "min": 1, "max": 5}, "x": {"type": "uniform", "min": 0, "max": 1}})");
  const PolicyProcess process(space);
  const NaturalPolicy policy(process, 0.4);
  double probability = 0;
  for (const double at : {0.1, 0.3, 0.5, 0.7, 0.9}) {
    probability += std::exp(policy.log_preference(process.step_at(0, at))) / 5;
  }
  CHECK(probability == Approx(1).epsilon(1e-6));
  // SciPy: sum of norm(0.5, 0.4).pdf over 0.1, -0.1, 1.9, 2.1, -1.9, -2.1 and beyond.
  CHECK(std::exp(policy.log_preference(process.step_at(1, 0.1))) ==
        Approx(0.9312371).epsilon(1e-5));
}

}  // namespace autoglm
