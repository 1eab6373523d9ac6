#include <doctest/doctest.h>

#include "cli/leaders.h"
#include "optimizer/summary.h"
#include "search_space/random.h"

using namespace autoglm;

namespace {

Trial complete(std::int64_t number, std::vector<double> values) {
  Trial trial;
  trial.number = number;
  trial.state = TrialState::complete;
  trial.values = std::move(values);
  return trial;
}

const Objective kOneMetric({{.name = "loss", .goal = Goal::minimize}});
const Objective kTwoMetrics({{.name = "ms", .goal = Goal::minimize},
                             {.name = "acc", .goal = Goal::maximize}});

}  // namespace

TEST_CASE("with one metric the leader is the best, of equal ones the lowest number") {
  Leaders leaders(kOneMetric, {complete(0, {3}), complete(1, {2})});
  CHECK(leaders.numbers() == std::vector<std::int64_t>{1});
  leaders.add(complete(4, {1}));
  leaders.add(complete(5, {1}));
  leaders.add(complete(3, {1}));
  CHECK(leaders.numbers() == std::vector<std::int64_t>{3});
}

TEST_CASE("a trial that is not complete is no leader") {
  Trial pruned = complete(0, {0});
  pruned.state = TrialState::pruned;
  CHECK(Leaders(kOneMetric, {pruned}).numbers().empty());
}

TEST_CASE("with two metrics the leaders are the front, also when they come out of order") {
  Rng random(1, 1);
  std::vector<Trial> trials;
  for (std::int64_t number = 0; number < 300; ++number) {
    trials.push_back(complete(
        number, {static_cast<double>(random.below(20)), static_cast<double>(random.below(20))}));
  }
  Leaders leaders(kTwoMetrics, {});
  for (std::size_t i = 0; i < trials.size(); ++i) {
    leaders.add(trials[i * 7 % trials.size()]);
  }
  CHECK(leaders.numbers() == pareto_front(trials, kTwoMetrics));
}
