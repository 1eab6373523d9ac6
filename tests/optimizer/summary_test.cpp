#include "optimizer/summary.h"

#include <doctest/doctest.h>

#include "tests/optimizer/fakes.h"

namespace autoglm {
namespace {

std::vector<Trial> trials_with(const std::vector<std::vector<double>>& values) {
  std::vector<Trial> trials;
  trials.reserve(values.size());
  for (const std::vector<double>& one : values) {
    trials.push_back({.number = static_cast<std::int64_t>(trials.size()),
                      .state = TrialState::complete,
                      .values = one});
  }
  return trials;
}

TEST_CASE("of equal trials the lower number is best, and a pruned one never is") {
  std::vector<Trial> trials = trials_with({{0.5}, {0.25}, {0.25}, {0.125}});
  trials[3].state = TrialState::pruned;
  CHECK(best_trial(trials, fakes::minimize("loss"))->number == 1);
  CHECK(best_trial(trials, Objective({{.name = "acc", .goal = Goal::maximize}}))->number == 0);
  CHECK(best_trial({}, fakes::minimize("loss")) == nullptr);
}

TEST_CASE("abandoned trials do not count against the budget, all others do") {
  std::vector<Trial> trials = trials_with({{1}, {2}, {3}, {4}});
  trials[0].state = TrialState::abandoned;
  trials[1].state = TrialState::waiting;
  trials[2].state = TrialState::infeasible;
  const TrialCounts counts = count_trials(trials);
  CHECK(counts.counted == 3);
  CHECK(counts[TrialState::abandoned] == 1);
  CHECK(counts[TrialState::complete] == 1);
  CHECK(counts[TrialState::running] == 0);
}

TEST_CASE("the Pareto front is what nothing dominates, equal points included") {
  // Minimize the first, maximize the second: (1,1) and (2,3) and (2,3) again are on the front;
  // (2,2) is dominated by (2,3), (3,3) too, (1,0) by (1,1).
  const Objective objective({{.name = "ms"}, {.name = "acc", .goal = Goal::maximize}});
  const auto trials = trials_with({{3, 3}, {2, 3}, {2, 2}, {1, 0}, {1, 1}, {2, 3}});
  CHECK(pareto_front(trials, objective) == std::vector<std::int64_t>{1, 4, 5});
}

TEST_CASE("the front of three objectives") {
  const Objective objective({{.name = "a"}, {.name = "b"}, {.name = "c"}});
  const auto trials = trials_with({{1, 2, 3}, {3, 2, 1}, {2, 2, 2}, {2, 3, 3}, {1, 2, 4}});
  CHECK(pareto_front(trials, objective) == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("the recommended trials are the best observed, by value, the lower number first") {
  History history(fakes::unit_space(), Objective({{.name = "acc", .goal = Goal::maximize}}));
  for (Trial& trial : trials_with({{0.5}, {0.75}, {0.25}, {0.75}})) {
    history.add(std::move(trial));
  }
  fakes::FingerprintSearcher searcher;
  const auto best = searcher.recommend(3, history);
  REQUIRE(best.size() == 3);
  CHECK(best[0].trial == 1);
  CHECK(best[0].expected == 0.75);
  CHECK_FALSE(best[0].standard_error.has_value());
  CHECK(best[1].trial == 3);
  CHECK(best[2].trial == 0);
}

TEST_CASE("of several objectives only trials of the front are recommended") {
  History history(fakes::unit_space(), Objective({{.name = "a"}, {.name = "b"}}));
  for (Trial& trial : trials_with({{2, 2}, {1, 3}, {3, 3}})) {
    history.add(std::move(trial));
  }
  fakes::FingerprintSearcher searcher;
  const auto best = searcher.recommend(10, history);
  REQUIRE(best.size() == 2);
  CHECK(best[0].trial == 1);
  CHECK(best[1].trial == 0);
}

}  // namespace
}  // namespace autoglm
