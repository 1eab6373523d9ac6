#include "optimizer/searchers/acquisition_search.h"

#include <doctest/doctest.h>

#include <cmath>
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

  GaussianRegression model_of(const std::vector<Configuration>& seen, const Eigen::VectorXd& costs,
                              double length) const {
    Eigen::MatrixXd points(costs.size(), encoding.features());
    for (std::size_t i = 0; i < seen.size(); ++i) {
      points.row(static_cast<Eigen::Index>(i)) = encoding.encode(seen[i]).transpose();
    }
    ColumnGroups groups;
    for (Eigen::Index i = 0; i < encoding.features(); ++i) {
      groups.group_of.push_back(i);
    }
    groups.count = encoding.features();
    return {points, costs, groups, {Eigen::VectorXd::Constant(groups.count, length), 1, 1e-6, {}}};
  }

  std::optional<AcquisitionOptimum> search(const std::vector<Configuration>& seen,
                                           const Eigen::VectorXd& costs, double length,
                                           const History& history, const Configuration& fixed) {
    Rng rng(1, 1);
    return maximize_acquisition({model_of(seen, costs, length), mean, encoding, seen},
                                Request(99, fixed, history), {}, rng);
  }

  std::optional<AcquisitionOptimum> refined(const std::vector<Configuration>& proposed,
                                            std::size_t starts, const GaussianRegression& model) {
    const History history = testing::empty_history(space);
    const std::vector<Configuration> nothing_else;
    Rng rng(1, 1);
    return refine_proposals({model, mean, encoding, nothing_else}, Request(99, {}, history),
                            proposed, starts, rng);
  }

  const SearchSpace& space;
  Encoding encoding;
  Acquisition mean{Acquisition::Kind::confidence_bound, 0, 0.0};  // the least
};

}  // namespace

TEST_CASE("the bottom of a smooth valley is found to a thousandth") {
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
  CHECK(std::abs(value_number(*best->configuration.find("x")) - 0.4) < 1e-3);
  CHECK(std::abs(value_number(*best->configuration.find("y")) - 0.65) < 1e-3);
  CHECK(best->value == doctest::Approx(-best->mean));
}

TEST_CASE("what a trial takes is weighed against what it promises") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  const Setting setting(space);
  // Costs 4 (x - 0.6)^2 and log durations 2 x, in units of 2: with a weight w the bound, which
  // durations count a quarter against, is best where 4 (x - 0.6)^2 + w x / 2 is least, at
  // 0.6 - w / 16.
  std::vector<Configuration> seen;
  Eigen::VectorXd costs(21);
  Eigen::VectorXd logs(21);
  for (int i = 0; i < 21; ++i) {
    const double x = 0.05 * i;
    seen.push_back(Configuration({{"x", x}}));
    costs[i] = 4 * (x - 0.6) * (x - 0.6);
    logs[i] = x - 0.5;
  }
  const GaussianRegression model = setting.model_of(seen, costs, 2);
  const GaussianRegression durations = setting.model_of(seen, logs, 2);
  const DurationModel duration_model{durations, 1, 2};
  const History history = testing::empty_history(space);
  const Configuration unfixed;
  const Request request(99, unfixed, history);
  const auto problem = [&](const Acquisition& acquisition, double weight) {
    return AcquisitionProblem{model,           acquisition, setting.encoding, seen, nullptr,
                              &duration_model, weight};
  };
  Rng rng(1, 1);
  const auto best = [&](double weight) {
    const auto found = maximize_acquisition(problem(setting.mean, weight), request, {}, rng);
    return value_number(*found->configuration.find("x"));
  };
  CHECK(std::abs(best(0) - 0.6) < 1e-3);
  CHECK(std::abs(best(1) - 0.5375) < 1e-3);
  CHECK(std::abs(best(3) - 0.4125) < 1e-3);

  // From one far proposal nothing but the gradient leads there.
  const std::vector<Configuration> far{Configuration({{"x", 0.1234}})};
  const auto climbed = refine_proposals(problem(setting.mean, 1), request, far, 1, rng);
  CHECK(std::abs(value_number(*climbed->configuration.find("x")) - 0.5375) < 1e-4);

  // From log EI the whole weight is taken.
  const Acquisition improvement{Acquisition::Kind::expected_improvement, 0.1, 0};
  const auto value_with = [&](double weight) {
    return refine_proposals(problem(improvement, weight), request, far, 0, rng)->value;
  };
  CHECK(value_with(0) - value_with(1.5) == doctest::Approx(1.5 * 2 * (0.1234 - 0.5)).epsilon(1e-3));
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

TEST_CASE("proposals are refined, as many as are asked for, to what they lead to") {
  const SearchSpace space = space_of(R"({
    "c": {"type": "categorical", "choices": ["a", "b"]},
    "x": {"type": "uniform", "min": 0, "max": 1}})");
  Setting setting(space);
  std::vector<Configuration> seen;
  Eigen::VectorXd costs(22);
  for (int i = 0; i < 22; ++i) {
    const std::string choice(1, "ab"[i % 2]);
    const double x = 0.05 * i;
    seen.push_back(Configuration({{"c", choice}, {"x", std::min(x, 1.0)}}));
    costs[i] = (choice == "b" ? -1 : 0.5) + 4 * (x - 0.4) * (x - 0.4);
  }
  const GaussianRegression model = setting.model_of(seen, costs, 1);
  const std::vector<Configuration> proposed{Configuration({{"c", "a"}, {"x", 0.9}}),
                                            Configuration({{"c", "a"}, {"x", 0.55}})};
  const auto as_it_is = setting.refined(proposed, 0, model);
  REQUIRE(as_it_is);
  CHECK(value_text(*as_it_is->configuration.find("c")) == "a");
  CHECK(value_number(*as_it_is->configuration.find("x")) == 0.55);
  for (const std::size_t starts : {1U, 2U, 9U}) {
    const auto refined = setting.refined(proposed, starts, model);
    REQUIRE(refined);
    CHECK(value_text(*refined->configuration.find("c")) == "b");
    CHECK(value_number(*refined->configuration.find("x")) == doctest::Approx(0.4).epsilon(0.02));
    CHECK(refined->value == doctest::Approx(-refined->mean));
  }
  CHECK_FALSE(setting.refined({}, 3, model));
}

TEST_CASE("the mixture is improvement alone while it is early, then either as often") {
  int bounds = 0;
  for (std::uint64_t stream = 0; stream < 1000; ++stream) {
    Rng rng(1, stream);
    CHECK(draw_acquisition(0.25, 1.8, true, rng).kind == Acquisition::Kind::expected_improvement);
    const Acquisition drawn = draw_acquisition(0.25, 1.8, false, rng);
    CHECK(drawn.best == 0.25);
    CHECK(drawn.kappa == 1.8);
    bounds += drawn.kind == Acquisition::Kind::confidence_bound ? 1 : 0;
  }
  CHECK(bounds > 420);  // expected: 500, deviation 16
  CHECK(bounds < 580);
}

}  // namespace autoglm
