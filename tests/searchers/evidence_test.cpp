#include "optimizer/searchers/evidence.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::empty_history;
using testing::space_of;

namespace {

const SearchSpace& line() {
  static const SearchSpace space = space_of(R"({"n": {"type": "int", "min": 0, "max": 99}})");
  return space;
}

Configuration at(std::int64_t n) { return Configuration({{"n", n}}); }

std::vector<double> costs_of(const History& history) {
  const Evidence evidence = gather_evidence(history, -1, Eigen::VectorXd::Ones(1));
  return {evidence.costs.begin(), evidence.costs.end()};
}

}  // namespace

TEST_CASE("failed and infeasible trials have no cost once another is complete") {
  History history = empty_history(line());
  add_trial(history, at(0), TrialState::failed);
  CHECK(costs_of(history) == std::vector<double>{0});
  add_trial(history, at(1), TrialState::complete, {3});
  add_trial(history, at(2), TrialState::infeasible);
  const Evidence evidence = gather_evidence(history, -1, Eigen::VectorXd::Ones(1));
  CHECK(evidence.costs == Eigen::VectorXd::Constant(1, 3));
  CHECK(evidence.finished[0]->number == 1);
  REQUIRE(evidence.refused.size() == 2);
  const Evidence refused = refusals(evidence);
  CHECK(refused.costs == Eigen::Vector3d(0, 1, 0));
  CHECK(refused.finished[1]->number == 1);
}

TEST_CASE("what costs were when fewer had finished does not depend on those since") {
  History history = empty_history(line());
  add_trial(history, at(0), TrialState::complete, {1});
  add_trial(history, at(1), TrialState::complete, {3});
  add_trial(history, at(2), TrialState::pruned, {9});
  const std::vector<double> then = costs_of(history);
  CHECK(then == std::vector<double>{1, 3, 3});
  add_trial(history, at(3), TrialState::complete, {7});
  CHECK(costs_of(history) == std::vector<double>{1, 3, 7, 7});
  const Evidence evidence = gather_evidence(history, -1, Eigen::VectorXd::Ones(1));
  CHECK(evidence.costs_of_first(3) == Eigen::Vector3d(1, 3, 3));
}

TEST_CASE("a pruned trial without a curve is between the median and the worst") {
  History history = empty_history(line());
  for (const double value : {1, 2, 3}) {
    add_trial(history, at(static_cast<std::int64_t>(value)), TrialState::complete, {value});
  }
  add_trial(history, at(10), TrialState::pruned, {0.5});
  add_trial(history, at(11), TrialState::pruned, {2.5});
  add_trial(history, at(12), TrialState::pruned, {70});
  add_trial(history, at(13), TrialState::pruned);
  CHECK(costs_of(history) == std::vector<double>{1, 2, 3, 2, 2.5, 3, 3});
}

TEST_CASE("without a complete trial nothing is told apart") {
  History history = empty_history(line());
  add_trial(history, at(0), TrialState::failed);
  add_trial(history, at(1), TrialState::pruned, {5});
  CHECK(costs_of(history) == std::vector<double>{0, 0});
}

TEST_CASE("running, paused and requeued trials are pending, abandoned ones are nothing") {
  History history = empty_history(line());
  add_trial(history, at(0), TrialState::running);
  add_trial(history, at(1), TrialState::paused);
  add_trial(history, at(2), TrialState::waiting);
  add_trial(history, at(3), TrialState::abandoned);
  Trial partial{.number = 4};
  partial.partial = true;
  history.add(partial);
  const Evidence evidence = gather_evidence(history, 0, Eigen::VectorXd::Ones(1));
  REQUIRE(evidence.pending.size() == 2);
  CHECK(evidence.pending[0]->number == 1);
  CHECK(evidence.pending[1]->number == 2);
  CHECK(evidence.finished.empty());
}

TEST_CASE("trials are in the order in which they finished") {
  History history = empty_history(line());
  add_trial(history, at(0), TrialState::running);
  add_trial(history, at(1), TrialState::complete, {1});
  testing::finish_trial(history, 0, TrialState::complete, {0});
  CHECK(costs_of(history) == std::vector<double>{1, 0});
}

TEST_CASE("costs that are not finite become the worst") {
  History history = empty_history(line());
  add_trial(history, at(0), TrialState::complete, {std::numeric_limits<double>::quiet_NaN()});
  add_trial(history, at(1), TrialState::complete, {std::numeric_limits<double>::infinity()});
  add_trial(history, at(2), TrialState::complete, {4});
  CHECK(costs_of(history) == std::vector<double>{4, 4, 4});
}

TEST_CASE("several objectives become one by the augmented Chebyshev function") {
  History history = empty_history(line(), 2);
  add_trial(history, at(0), TrialState::complete, {0, 30});
  add_trial(history, at(1), TrialState::complete, {10, 10});
  add_trial(history, at(2), TrialState::complete, {5, 20});
  const Evidence evidence = gather_evidence(history, -1, Eigen::Vector2d(0.75, 0.25));
  // Scaled: (0, 1), (1, 0), (0.5, 0.5); weighted: (0, 0.25), (0.75, 0), (0.375, 0.125).
  CHECK(evidence.costs[0] == doctest::Approx(0.25 + 0.05 * 0.25));
  CHECK(evidence.costs[1] == doctest::Approx(0.75 + 0.05 * 0.75));
  CHECK(evidence.costs[2] == doctest::Approx(0.375 + 0.05 * 0.5));
}

}  // namespace autoglm
