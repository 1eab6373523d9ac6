#include "optimizer/models/portfolio.h"

#include <doctest/doctest.h>

namespace autoglm {

namespace {

FittedWarp fitted(OutputWarp warp, double concordance) {
  return {warp, {Eigen::VectorXd::Ones(1), 1, 1, {}}, concordance};
}

}  // namespace

TEST_CASE("the best half is kept, and of the others an even share") {
  const Eigen::VectorXd costs({{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}});
  CHECK(informative_subset(costs, 6) == std::vector<Eigen::Index>{0, 2, 4, 7, 8, 9});
  CHECK(informative_subset(costs, 10).size() == 10);
  CHECK(informative_subset(costs, 99).size() == 10);
}

TEST_CASE("a warp that predicts better is drawn more often, but not always") {
  const std::vector<FittedWarp> warps{fitted(OutputWarp::identity, 0.8),
                                      fitted(OutputWarp::half_rank, 0.9)};
  int better = 0;
  for (std::uint64_t stream = 0; stream < 1000; ++stream) {
    Rng rng(1, stream);
    better += draw_warp(warps, rng).warp == OutputWarp::half_rank ? 1 : 0;
  }
  CHECK(better > 680);  // expected: 1000 e / (1 + e) = 731, deviation 14
  CHECK(better < 780);
  CHECK(best_warp(warps).warp == OutputWarp::half_rank);
}

TEST_CASE("a fit is a function of its arguments") {
  const Eigen::MatrixXd points = Eigen::VectorXd::LinSpaced(12, 0, 1);
  const Eigen::VectorXd costs = (points.col(0).array() - 0.3).square();
  const std::vector<OutputWarp> warps{OutputWarp::identity, OutputWarp::half_rank,
                                      OutputWarp::half_rank_power};
  const std::vector<FittedWarp> first = fit_warps(points, costs, {{0}, 1, {}}, warps);
  const std::vector<FittedWarp> second = fit_warps(points, costs, {{0}, 1, {}}, warps);
  REQUIRE(first.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(first[i].hyperparameters.lengths == second[i].hyperparameters.lengths);
    CHECK(first[i].concordance == second[i].concordance);
    CHECK(first[i].concordance > 0.9);
  }
}

}  // namespace autoglm
