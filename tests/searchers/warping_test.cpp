#include "optimizer/models/warping.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace autoglm {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr OutputWarp kAll[] = {OutputWarp::identity, OutputWarp::half_rank,
                               OutputWarp::half_rank_power};

Eigen::VectorXd vector(std::initializer_list<double> values) { return Eigen::VectorXd({values}); }

void check_near(const Eigen::VectorXd& result, const Eigen::VectorXd& expected, double error) {
  REQUIRE(result.size() == expected.size());
  CHECK((result - expected).cwiseAbs().maxCoeff() < error);
}

}  // namespace

TEST_CASE("the identity standardizes, and can be undone") {
  const WarpedCosts warped = warp_costs(OutputWarp::identity, vector({1, 3}));
  check_near(warped.targets, vector({-1, 1}), 1e-15);
  CHECK(warped.offset == 2);
  CHECK(warped.scale == 1);
}

TEST_CASE("half-rank replaces the worse half by normal scores") {
  // Agrees with a computation by NumPy and SciPy (reference.py).
  const WarpedCosts warped = warp_costs(OutputWarp::half_rank, vector({1, 2, 3, 10, 1000}));
  check_near(warped.targets,
             vector({-1.4657359625812103, -0.6803638200541102, 0.10500832247298988,
                     0.6367038106696234, 1.4043876494927245}),
             1e-12);
  for (const int i : {0, 1, 2}) {
    CHECK(warped.offset + warped.scale * warped.targets[i] == doctest::Approx(i + 1));
  }
}

TEST_CASE("a target leads back to its cost, one between two to what lies between their costs") {
  const Eigen::VectorXd costs = vector({1, 2, 3, 10, 1000});
  for (const OutputWarp warp : {OutputWarp::identity, OutputWarp::half_rank}) {
    CAPTURE(to_string(warp));
    const WarpedCosts warped = warp_costs(warp, costs);
    const auto back = [&](double target) { return unwarp(warped, costs, target).cost; };
    const auto near = [](double cost) { return doctest::Approx(cost).epsilon(1e-12); };
    for (Eigen::Index i = 0; i < costs.size(); ++i) {
      CHECK(back(warped.targets[i]) == near(costs[i]));
    }
    CHECK(back((warped.targets[3] + warped.targets[4]) / 2) == near(505));
    // Below the best the line goes on; nothing is expected to be worse than the worst.
    CHECK(back(2 * warped.targets[0] - warped.targets[1]) == near(0));
    CHECK(back(warped.targets[4] + 1) == near(1000));
    CHECK(unwarp(warped, costs, (warped.targets[3] + warped.targets[4]) / 2).slope ==
          near(990 / (warped.targets[4] - warped.targets[3])));
    CHECK(unwarp(warped, costs, -9).slope == near(warped.scale));
  }
}

TEST_CASE("the power transform is SciPy's Yeo-Johnson with the likeliest exponent") {
  const WarpedCosts warped = warp_costs(OutputWarp::half_rank_power, vector({1, 2, 3, 10, 1000}));
  check_near(warped.targets,
             vector({-1.4292391077849687, -0.6993063344543355, 0.06804026927555669,
                     0.6174717964602224, 1.4430333765035248}),
             2e-3);  // the exponent is searched in steps of 0.05
}

TEST_CASE("every warp keeps the order, has mean 0 and deviation 1") {
  const Eigen::VectorXd costs = vector({5, -3, 5, 1e6, 0.25, -2.999, 17, 0.5, -3});
  for (const OutputWarp warp : kAll) {
    CAPTURE(to_string(warp));
    const Eigen::VectorXd targets = warp_costs(warp, costs).targets;
    CHECK(std::abs(targets.mean()) < 1e-10);
    CHECK(targets.squaredNorm() / 9 == doctest::Approx(1));
    for (Eigen::Index i = 0; i < 9; ++i) {
      for (Eigen::Index j = 0; j < 9; ++j) {
        if (costs[i] < costs[j]) {
          CHECK(targets[i] <= targets[j]);
        }
        if (costs[i] == costs[j]) {
          CHECK(targets[i] == targets[j]);
        }
      }
    }
  }
}

TEST_CASE("costs that are all equal become zeros, whatever they are") {
  for (const OutputWarp warp : kAll) {
    for (const double cost : {0.0, 7.0, 0.1, -1e308, 1e-310}) {
      CHECK(warp_costs(warp, Eigen::VectorXd::Constant(7, cost)).targets.isZero(0));
    }
    CHECK(warp_costs(warp, vector({3})).targets.isZero(0));
  }
}

TEST_CASE("costs as large and as small as doubles go are no trouble") {
  for (const OutputWarp warp : kAll) {
    for (const double scale : {1e-310, 1e-300, 1e300}) {
      const Eigen::VectorXd targets =
          warp_costs(warp, vector({-100, 1, 2, 3, 50, 170}) * scale).targets;
      CHECK(targets.allFinite());
      CHECK(targets.squaredNorm() == doctest::Approx(6));
      CHECK(targets[0] < targets[5]);
    }
  }
}

TEST_CASE("one enormous cost does not blur the order of the others by half-rank") {
  const Eigen::VectorXd targets =
      warp_costs(OutputWarp::half_rank, vector({1, 2, 3, 4, 5, 1e300, 1e300})).targets;
  for (Eigen::Index i = 0; i < 5; ++i) {
    CHECK(targets[i] + 0.1 < targets[i + 1]);
  }
}

TEST_CASE("a best cost shared by most is still told from the rest") {
  const Eigen::VectorXd targets =
      warp_costs(OutputWarp::half_rank, vector({0, 0, 0, 0, 1})).targets;
  CHECK(targets[4] > targets[0] + 1);
}

TEST_CASE("what is not finite becomes as bad or as good as the finite ones get") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(clip_non_finite(vector({1, kInfinity, 5, nan, -kInfinity, -2})) ==
        vector({1, 5, 5, 5, -2, -2}));
  CHECK(clip_non_finite(vector({nan, kInfinity})) == vector({0, 0}));
}

TEST_CASE("the median of an even number is between the middle two") {
  CHECK(median(vector({9, 1, 5})) == 5);
  CHECK(median(vector({9, 1, 5, 3})) == 4);
  CHECK(median(vector({1.7e308, 1.7e308})) == 1.7e308);
}

TEST_CASE("concordance is 1 for the right order, 0 for the reverse, half for nothing known") {
  const Eigen::VectorXd costs = vector({0.1, 0.2, 0.5, 3});
  CHECK(weighted_concordance(costs, costs) == 1);
  CHECK(weighted_concordance(-costs, costs) == 0);
  CHECK(weighted_concordance(Eigen::VectorXd::Zero(4), costs) == 0.5);
  CHECK(weighted_concordance(vector({1}), vector({2})) == 0.5);
}

TEST_CASE("concordance weighs a mistake among the best more than one among the worst") {
  const Eigen::VectorXd costs = vector({1, 2, 3, 4, 5, 6});
  CHECK(weighted_concordance(vector({2, 1, 3, 4, 5, 6}), costs) <
        weighted_concordance(vector({1, 2, 3, 4, 6, 5}), costs));
}

}  // namespace autoglm
