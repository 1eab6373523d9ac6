#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <string>

#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::searcher_of;
using testing::space_of;

TEST_CASE("sobol puts one of 16 trials into each sixteenth of every parameter") {
  History history = testing::empty_history(space_of(R"({
    "x": {"type": "uniform", "min": 0, "max": 16},
    "y": {"type": "log_uniform", "min": 1, "max": 65536},
    "n": {"type": "int", "min": 0, "max": 15}})"));
  const auto searcher = searcher_of("\"sobol\"", history.space(), {.seed = 3}).searcher;
  std::set<int> x;
  std::set<int> y;
  std::set<int> n;
  for (std::int64_t number = 0; number < 16; ++number) {
    const auto suggestion = searcher->suggest(number, {}, history);
    const Configuration& configuration = suggestion->configuration;
    x.insert(static_cast<int>(value_number(*configuration.find("x"))));
    y.insert(static_cast<int>(std::log2(value_number(*configuration.find("y")))));
    n.insert(static_cast<int>(value_number(*configuration.find("n"))));
    add_trial(history, configuration, TrialState::complete, {0});
  }
  CHECK(x.size() == 16);
  CHECK(y.size() == 16);
  CHECK(n.size() == 16);
}

TEST_CASE("a sobol trial says which point it is, and takes the next where that is tried") {
  History history = testing::empty_history(space_of(R"({
    "n": {"type": "int", "min": 0, "max": 3}})"));
  const auto searcher = searcher_of("\"sobol\"", history.space()).searcher;
  const auto first = searcher->suggest(0, {}, history);
  CHECK(first->why == "point 0 of a scrambled Sobol sequence");
  add_trial(history, first->configuration, TrialState::running);
  add_trial(history, searcher->suggest(1, {}, history)->configuration, TrialState::complete, {1});
  testing::finish_trial(history, 0, TrialState::abandoned);
  // Point 2 is not that of trial 0 or 1, so trial 2 takes it.
  CHECK(searcher->suggest(2, {}, history)->why == "point 2 of a scrambled Sobol sequence");
}

TEST_CASE("more parameters than the table of direction numbers has are no trouble") {
  std::string parameters = "{";
  for (int i = 0; i < 150; ++i) {
    parameters += (i > 0 ? ", \"x" : "\"x") + std::to_string(i) +
                  R"(": {"type": "uniform", "min": 0, "max": 1})";
  }
  History history = testing::empty_history(space_of(parameters + "}"));
  const auto searcher = searcher_of("\"sobol\"", history.space()).searcher;
  const auto one = searcher->suggest(0, {}, history);
  const auto two = searcher->suggest(1, {}, history);
  CHECK(*one->configuration.find("x149") != *two->configuration.find("x149"));
}

}  // namespace autoglm
