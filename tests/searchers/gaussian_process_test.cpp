#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "optimizer/searchers/sobol.h"
#include "search_space/random.h"
#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::searcher_of;
using testing::space_of;

namespace {

const char* const kSquare = R"({
  "x": {"type": "uniform", "min": -5, "max": 10}, "y": {"type": "uniform", "min": 0, "max": 15}})";

double number(const Configuration& configuration, const char* name) {
  return value_number(*configuration.find(name));
}

// Dixon and Szegö, 1978; its least value is 0.397887.
double branin(const Configuration& configuration) {
  const double x = number(configuration, "x");
  const double y = number(configuration, "y");
  const double valley = y - 0.12918450914398066 * x * x + 1.5915494309189535 * x - 6;
  return valley * valley + 9.602112642270262 * std::cos(x) + 10;
}

// The best of so many trials.
double best_of(const std::string& section, int trials, double (*cost)(const Configuration&),
               const SearchSpace& space, std::uint64_t seed) {
  History history = testing::empty_history(space);
  const auto searcher = searcher_of(section, history.space(), {.seed = seed}).searcher;
  double best = std::numeric_limits<double>::infinity();
  for (std::int64_t trial = 0; trial < trials; ++trial) {
    const auto suggestion = searcher->suggest(trial, {}, history);
    const double value = cost(suggestion->configuration);
    best = std::min(best, value);
    add_trial(history, suggestion->configuration, TrialState::complete, {value});
  }
  return best;
}

}  // namespace

TEST_CASE("gp learns where trials fail, and finds the best that lies at the edge of it") {
  const SearchSpace space = space_of(R"({
    "x": {"type": "uniform", "min": 0, "max": 1}, "y": {"type": "uniform", "min": 0, "max": 1}})");
  for (const TrialState refused : {TrialState::failed, TrialState::infeasible}) {
    History history = testing::empty_history(space);
    const auto searcher = searcher_of("\"gp\"", history.space(), {.seed = 4}).searcher;
    double best = 2;
    int late_failures = 0;
    for (std::int64_t trial = 0; trial < 50; ++trial) {
      const Configuration configuration = searcher->suggest(trial, {}, history)->configuration;
      const double x = number(configuration, "x");
      const double y = number(configuration, "y");
      // Costs fall towards (1, 1), but nothing runs beyond the line x + y = 1: at best -1.
      if (x + y > 1) {
        late_failures += trial >= 25 ? 1 : 0;
        add_trial(history, configuration, refused);
        continue;
      }
      const double cost = (x - 0.3) * (x - 0.3) - x - y;
      best = std::min(best, cost);
      add_trial(history, configuration, TrialState::complete, {cost});
    }
    CHECK(best < -0.98);
    CHECK(late_failures <= 15);
  }
}

TEST_CASE("gp finds Branin's minimum in 40 trials, by each acquisition") {
  const SearchSpace space = space_of(kSquare);
  for (const std::string acquisition : {"ei", "ucb", "mixture"}) {
    CAPTURE(acquisition);
    const double best =
        best_of(R"({"type": "gp", "acquisition": ")" + acquisition + "\"}", 40, branin, space, 5);
    CHECK(best < 0.397887 + 0.01);
  }
}

TEST_CASE("gp tells how it chose") {
  const SearchSpace space = space_of(kSquare);
  History history = testing::empty_history(space);
  const auto searcher =
      searcher_of(R"({"type": "gp", "acquisition": "ei", "startup": 2})", history.space()).searcher;
  for (const double x : {0.0, 1.0, 2.0}) {
    const Configuration configuration({{"x", x}, {"y", 5.0}});
    add_trial(history, configuration, TrialState::complete, {branin(configuration)});
  }
  const std::string why = searcher->suggest(3, {}, history)->why;
  CHECK(why.rfind("log EI ", 0) == 0);
  CHECK(why.find(" costs of 3 trials, noise ") != std::string::npos);
}

TEST_CASE("with nothing to tell trials apart gp goes where it is least certain") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  for (const TrialState state : {TrialState::complete, TrialState::failed}) {
    History history = testing::empty_history(space);
    for (const double x : {0.1, 0.2, 0.3, 0.4, 0.5}) {
      add_trial(history, Configuration({{"x", x}}), state,
                state == TrialState::complete ? std::vector{7.0} : std::vector<double>{});
    }
    const auto searcher = searcher_of("\"gp\"", history.space()).searcher;
    const auto suggestion = searcher->suggest(5, {}, history);
    CHECK(number(suggestion->configuration, "x") > 0.9);
    CHECK(suggestion->why.rfind("all costs are equal, so where the model is least certain: ", 0) ==
          0);
  }
}

TEST_CASE("gp keeps away from where trials run already") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  History history = testing::empty_history(space);
  for (const double x : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    add_trial(history, Configuration({{"x", x}}), TrialState::complete, {std::cos(9 * x)});
  }
  const auto searcher =
      searcher_of(R"({"type": "gp", "acquisition": "ei"})", history.space()).searcher;
  std::vector<double> chosen;
  for (std::int64_t trial = 5; trial < 9; ++trial) {
    const auto suggestion = searcher->suggest(trial, {}, history);
    const double x = number(suggestion->configuration, "x");
    for (const double other : chosen) {
      CHECK(std::abs(x - other) > 0.005);
    }
    chosen.push_back(x);
    add_trial(history, suggestion->configuration, TrialState::running);
  }
}

TEST_CASE("gp stays away from where trials fail") {
  // The costs fall towards 1, but beyond 0.6 everything fails.
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  History history = testing::empty_history(space);
  const auto searcher = searcher_of("\"gp\"", history.space(), {.seed = 2}).searcher;
  int failures = 0;
  for (std::int64_t trial = 0; trial < 25; ++trial) {
    const auto suggestion = searcher->suggest(trial, {}, history);
    const double x = number(suggestion->configuration, "x");
    if (x > 0.6) {
      ++failures;
      add_trial(history, suggestion->configuration, TrialState::infeasible);
    } else {
      add_trial(history, suggestion->configuration, TrialState::complete, {-x});
    }
  }
  CHECK(failures <= 17);  // without a model of refusals: 22
}

TEST_CASE("gp is not put off by values that are huge or not finite") {
  const SearchSpace space = space_of(kSquare);
  const auto hostile = [](const Configuration& configuration) {
    const double x = number(configuration, "x");
    return x > 6 ? std::numeric_limits<double>::infinity()
                 : (x < -3 ? 1e300 : branin(configuration));
  };
  CHECK(best_of("\"gp\"", 45, hostile, space, 1) < 0.397887 + 0.05);
}

TEST_CASE("under noise gp recommends what its model expects, not the luckiest trial") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  History history = testing::empty_history(space);
  Rng rng(3, 3);
  for (int i = 0; i < 60; ++i) {
    const double x = (i + 0.5) / 60;
    add_trial(history, Configuration({{"x", x}}), TrialState::complete,
              {10 + 4 * (x - 0.3) * (x - 0.3) + 0.3 * rng.normal()});
  }
  // The luckiest of all is far off.
  history.at(50).values = {9.2};
  const auto searcher = searcher_of("\"gp\"", history.space()).searcher;
  const auto recommended = searcher->recommend(3, history);
  REQUIRE(recommended.size() == 3);
  const double x = number(history.find(recommended[0].trial)->configuration, "x");
  CHECK(std::abs(x - 0.3) < 0.15);
  CHECK(recommended[0].expected == doctest::Approx(10).epsilon(0.02));
  CHECK(recommended[0].expected <= recommended[1].expected);
  REQUIRE(recommended[0].standard_error);
  CHECK(*recommended[0].standard_error > 0.01);
  CHECK(*recommended[0].standard_error < 0.3);
}

// Regression: the worse half, of which the model knows ranks alone, was told by the line of the
// better half.
TEST_CASE("what is expected of bad configurations is in the objective's units, too") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  History history = testing::empty_history(space);
  Rng rng(3, 4);
  constexpr int kTrials = 60;
  for (int i = 0; i < kTrials; ++i) {
    const double x = (i + 0.5) / kTrials;
    add_trial(history, Configuration({{"x", x}}), TrialState::complete,
              {std::exp(6 * x) + 5 * rng.normal()});
  }
  const auto searcher = searcher_of("\"gp\"", history.space()).searcher;
  const auto recommended = searcher->recommend(kTrials, history);
  REQUIRE(recommended.size() == kTrials);
  for (const auto& one : recommended) {
    const double x = number(history.find(one.trial)->configuration, "x");
    CAPTURE(x);
    CHECK(std::abs(one.expected - std::exp(6 * x)) < 10 + 0.1 * std::exp(6 * x));
  }
}

TEST_CASE("without noise gp recommends the best trials") {
  const SearchSpace space = space_of(kSquare);
  History history = testing::empty_history(space);
  for (int i = 0; i < 30; ++i) {
    const Configuration configuration({{"x", -5 + 0.5 * i}, {"y", 0.5 * (i * 7 % 30)}});
    add_trial(history, configuration, TrialState::complete, {branin(configuration)});
  }
  const auto best =
      std::min_element(history.trials().begin(), history.trials().end(),
                       [](const Trial& a, const Trial& b) { return a.values[0] < b.values[0]; });
  const auto recommended = searcher_of("\"gp\"", history.space()).searcher->recommend(1, history);
  REQUIRE(recommended.size() == 1);
  CHECK(recommended[0].trial == best->number);
  CHECK(recommended[0].expected == best->values[0]);
}

TEST_CASE("with a weight of durations gp spends less time on trials that promise the same") {
  const SearchSpace space = space_of(R"({
    "x": {"type": "uniform", "min": 0, "max": 1}, "y": {"type": "uniform", "min": 0, "max": 1}})");
  const auto spent = [&](const std::string& section) {
    History history = testing::empty_history(space);
    const auto searcher = searcher_of(section, history.space(), {.seed = 4}).searcher;
    double seconds = 0;
    double best = 2;
    for (std::int64_t trial = 0; trial < 30; ++trial) {
      const Configuration configuration = searcher->suggest(trial, {}, history)->configuration;
      const double x = number(configuration, "x");
      const double y = number(configuration, "y");
      const double cost = (y - 0.3) * (y - 0.3) + 0.001 * std::cos(20 * x);
      const double duration = std::exp(4 * x);  // from 1 s to 55 s
      best = std::min(best, cost);
      seconds += duration;
      testing::set_duration(add_trial(history, configuration, TrialState::complete, {cost}),
                            duration);
    }
    CHECK(best < 0);
    return seconds;
  };
  CHECK(spent(R"({"type": "gp", "duration_weight": 1})") < 0.6 * spent(R"({"type": "gp"})"));
}

TEST_CASE("gp says what a trial is expected to take, where that counts") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  const auto why = [&](const std::string& section, double slope) {
    History history = testing::empty_history(space);
    const auto searcher = searcher_of(section, history.space(), {.seed = 4}).searcher;
    for (int i = 0; i < 8; ++i) {
      testing::set_duration(
          add_trial(history, Configuration({{"x", i / 7.0}}), TrialState::complete, {slope * i}),
          20);
    }
    return searcher->suggest(8, {}, history)->why;
  };
  const char* const weighed = R"({"type": "gp", "duration_weight": 0.25})";
  CHECK(why(weighed, 1).ends_with("; 20 s expected, weighed by 0.25"));
  CHECK(why("\"gp\"", 1).find("expected") == std::string::npos);
  // All costs equal: it goes where the model is least certain, whatever that takes.
  CHECK(why(weighed, 0).find("expected") == std::string::npos);
}

TEST_CASE("gp spreads over the front of two objectives") {
  const SearchSpace space = space_of(R"({
    "x": {"type": "uniform", "min": 0, "max": 1}, "y": {"type": "uniform", "min": 0, "max": 1}})");
  History history = testing::empty_history(space, 2);
  const auto searcher =
      searcher_of("\"gp\"", history.space(), {.seed = 4, .objectives = 2}).searcher;
  int near_front = 0;
  bool low = false;
  bool high = false;
  for (std::int64_t trial = 0; trial < 40; ++trial) {
    const auto suggestion = searcher->suggest(trial, {}, history);
    const double x = number(suggestion->configuration, "x");
    const double y = number(suggestion->configuration, "y");
    add_trial(history, suggestion->configuration, TrialState::complete, {x + y * y, 1 - x + y * y});
    if (trial >= 20) {  // the front is y = 0
      near_front += y < 0.1 ? 1 : 0;
      low = low || x < 0.3;
      high = high || x > 0.7;
    }
  }
  CHECK(near_front >= 15);
  CHECK(low);
  CHECK(high);
}

}  // namespace autoglm
