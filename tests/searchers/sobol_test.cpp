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

TEST_CASE("a sobol trial says which point it is, and takes the next where that was tried") {
  History history = testing::empty_history(space_of(R"({
    "n": {"type": "int", "min": 0, "max": 3}})"));
  const auto searcher = searcher_of("\"sobol\"", history.space()).searcher;
  CHECK(searcher->suggest(0, {}, history)->why == "point 0 of a scrambled Sobol sequence");
  const Configuration second = searcher->suggest(1, {}, history)->configuration;
  // Trial 0 is the user's, and has what point 1 would be.
  add_trial(history, second, TrialState::running);
  const auto passed = searcher->suggest(1, {}, history);
  CHECK(passed->why == "point 2 of a scrambled Sobol sequence");
  CHECK(configuration_json(passed->configuration) != configuration_json(second));
  // What was abandoned was not tried.
  testing::finish_trial(history, 0, TrialState::abandoned);
  CHECK(searcher->suggest(1, {}, history)->why == "point 1 of a scrambled Sobol sequence");
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
