#include "optimizer/searchers/acquisition_search.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "optimizer/models/portfolio.h"
#include "study_past.h"

namespace autoglm {

using testing::space_of;

namespace {

// A model of what a handful of configurations cost, with lengths that a fit could give.
struct Setting {
  explicit Setting(const SearchSpace& search_space) : space(search_space), encoding(space) {}

  std::optional<AcquisitionOptimum> search(const std::vector<Configuration>& seen,
                                           const Eigen::VectorXd& costs, double length,
                                           const History& history, const Configuration& fixed) {
    Eigen::MatrixXd points(costs.size(), encoding.features());
    for (std::size_t i = 0; i < seen.size(); ++i) {
      points.row(static_cast<Eigen::Index>(i)) = encoding.encode(seen[i]).transpose();
    }
    ColumnGroups groups;
    for (Eigen::Index i = 0; i < encoding.features(); ++i) {
      groups.group_of.push_back(i);
    }
    groups.count = encoding.features();
    const GaussianRegression model(points, costs, groups,
                                   {Eigen::VectorXd::Constant(groups.count, length), 1, 1e-6, {}});
    const Acquisition acquisition{Acquisition::Kind::confidence_bound, 0, 0.0};
    Rng rng(1, 1);
    return maximize_acquisition({model, acquisition, encoding, seen}, Request(99, fixed, history),
                                {}, rng);
  }

  const SearchSpace& space;
  Encoding encoding;
};

}  // namespace

TEST_CASE("the bottom of a smooth valley is found to several digits") {
  const SearchSpace space = space_of(R"({
    "x": {"type": "uniform", "min": 0, "max": 1}, "y": {"type": "uniform", "min": 0, "max": 1}})");
  Setting setting(space);
  std::vector<Configuration> seen;
  Eigen::VectorXd costs(25);
  for (int i = 0; i < 25; ++i) {
    const double x = 0.25 * (i % 5);
    const int row = i / 5;
    const double y = 0.25 * row;
    seen.push_back(Configuration({{"x", x}, {"y", y}}));
    costs[i] = 4 * (x - 0.4) * (x - 0.4) + 4 * (y - 0.65) * (y - 0.65) - 1;
  }
  const History history = testing::empty_history(space);
  const auto best = setting.search(seen, costs, 2, history, {});
  REQUIRE(best);
  CHECK(value_number(*best->configuration.find("x")) == doctest::Approx(0.4).epsilon(0.01));
  CHECK(value_number(*best->configuration.find("y")) == doctest::Approx(0.65).epsilon(0.01));
  CHECK(best->value == doctest::Approx(-best->mean));
}

TEST_CASE("constraints and fixed values hold at the optimum") {
  const SearchSpace space = space_of(
      R"({"x": {"type": "uniform", "min": 0, "max": 1}, "y": {"type": "uniform", "min": 0, "max": 1}})",
      R"(["x + y <= 0.5"])");
  Setting setting(space);
  // The more the better, so the constraint binds.
  const std::vector<Configuration> seen{Configuration({{"x", 0.0}, {"y", 0.0}}),
                                        Configuration({{"x", 1.0}, {"y", 0.0}}),
                                        Configuration({{"x", 0.0}, {"y", 1.0}})};
  const History history = testing::empty_history(space);
  const auto best =
      setting.search(seen, Eigen::Vector3d(1, -1, -1), 2, history, Configuration({{"y", 0.125}}));
  REQUIRE(best);
  CHECK(value_number(*best->configuration.find("y")) == 0.125);
  const double x = value_number(*best->configuration.find("x"));
  CHECK(x <= 0.375);
  CHECK(x > 0.36);
}

TEST_CASE("integers and choices are exchanged one by one to the best") {
  const SearchSpace space = space_of(R"({
    "c": {"type": "categorical", "choices": ["a", "b", "c", "d"]},
    "n": {"type": "int", "min": 1, "max": 1000}})");
  Setting setting(space);
  std::vector<Configuration> seen;
  Eigen::VectorXd costs(20);
  for (int i = 0; i < 20; ++i) {
    const std::string choice(1, "abcd"[i % 4]);
    const double n = 1 + 52.0 * i;
    seen.push_back(Configuration({{"c", choice}, {"n", static_cast<std::int64_t>(n)}}));
    costs[i] = (choice == "c" ? -1 : 0.5) + 4 * (n / 1000 - 0.7) * (n / 1000 - 0.7);
  }
  const History history = testing::empty_history(space);
  const auto best = setting.search(seen, costs, 1, history, {});
  REQUIRE(best);
  CHECK(value_text(*best->configuration.find("c")) == "c");
  CHECK(value_number(*best->configuration.find("n")) == doctest::Approx(700).epsilon(0.05));
}

TEST_CASE("what was tried is not suggested, however good") {
  const SearchSpace space = space_of(R"({"n": {"type": "int", "min": 1, "max": 20}})");
  Setting setting(space);
  History history = testing::empty_history(space);
  std::vector<Configuration> seen;
  Eigen::VectorXd costs(3);
  for (std::int64_t n = 9; n <= 11; ++n) {
    seen.push_back(Configuration({{"n", n}}));
    costs[n - 9] = n == 10 ? -1.5 : -1;
    testing::add_trial(history, seen.back(), TrialState::complete, {costs[n - 9]});
  }
  const auto best = setting.search(seen, costs, 0.5, history, {});
  REQUIRE(best);
  const double n = value_number(*best->configuration.find("n"));
  CHECK((n == 8 || n == 12));
}

}  // namespace autoglm
