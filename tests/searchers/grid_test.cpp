#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::configuration_of;
using testing::searcher_of;
using testing::space_of;

namespace {

// Everything that grid gives, as JSON, up to `limit`.
std::vector<std::string> points_of(History history, const std::string& section,
                                   std::size_t limit = 100) {
  const auto searcher = searcher_of(section, history.space()).searcher;
  std::vector<std::string> points;
  while (points.size() < limit) {
    const auto number = static_cast<std::int64_t>(history.trials().size());
    const auto suggestion = searcher->suggest(number, {}, history);
    if (!suggestion) {
      break;
    }
    points.push_back(configuration_json(suggestion->configuration));
    add_trial(history, suggestion->configuration, TrialState::complete, {0});
  }
  return points;
}

}  // namespace

TEST_CASE("grid counts through the values, the last parameter fastest") {
  const SearchSpace space = space_of(R"({
    "a": {"type": "categorical", "choices": ["x", "y"]},
    "b": {"type": "int", "min": 1, "max": 3}})");
  CHECK(points_of(testing::empty_history(space), "\"grid\"") ==
        std::vector<std::string>{R"({"a": "x", "b": 1})", R"({"a": "x", "b": 2})",
                                 R"({"a": "x", "b": 3})", R"({"a": "y", "b": 1})",
                                 R"({"a": "y", "b": 2})", R"({"a": "y", "b": 3})"});
}

TEST_CASE("grid gives a continuous parameter so many values, both bounds among them") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": -1, "max": 1}})");
  CHECK(points_of(testing::empty_history(space), R"({"type": "grid", "points": 3})") ==
        std::vector<std::string>{R"({"x": -1.0})", R"({"x": 0.0})", R"({"x": 1.0})"});
  CHECK(points_of(testing::empty_history(space), "\"grid\"").size() == 10);
}

TEST_CASE("grid spaces a log range evenly in the logarithm") {
  const SearchSpace space = space_of(R"({"x": {"type": "log_uniform", "min": 0.01, "max": 100}})");
  CHECK(points_of(testing::empty_history(space), R"({"type": "grid", "points": 5})") ==
        std::vector<std::string>{R"({"x": 0.01})", R"({"x": 0.1})", R"({"x": 1.0})",
                                 R"({"x": 10.0})", R"({"x": 100.0})"});
}

TEST_CASE("only active parameters multiply") {
  const SearchSpace space = space_of(R"({
    "a": {"type": "categorical", "choices": ["x", "y"]},
    "b": {"type": "int", "min": 1, "max": 2, "when": "a == 'y'"},
    "c": {"type": "int", "min": 8, "max": 9}})");
  CHECK(points_of(testing::empty_history(space), "\"grid\"") ==
        std::vector<std::string>{R"({"a": "x", "c": 8})", R"({"a": "x", "c": 9})",
                                 R"({"a": "y", "b": 1, "c": 8})", R"({"a": "y", "b": 1, "c": 9})",
                                 R"({"a": "y", "b": 2, "c": 8})", R"({"a": "y", "b": 2, "c": 9})"});
}

TEST_CASE("points that violate a constraint are passed over") {
  const SearchSpace space = space_of(
      R"({"a": {"type": "int", "min": 1, "max": 3}, "b": {"type": "int", "min": 1, "max": 3}})",
      R"(["a * b == 4 or a * b == 9"])");
  CHECK(points_of(testing::empty_history(space), "\"grid\"") ==
        std::vector<std::string>{R"({"a": 2, "b": 2})", R"({"a": 3, "b": 3})"});
}

TEST_CASE("a grid point is not repeated because a user tried it first") {
  const SearchSpace space = space_of(R"({"a": {"type": "int", "min": 1, "max": 3}})");
  History history = testing::empty_history(space);
  add_trial(history, configuration_of(R"({"a": 2})", space), TrialState::failed);
  CHECK(points_of(history, "\"grid\"") == std::vector<std::string>{R"({"a": 1})", R"({"a": 3})"});
}

TEST_CASE("the point of an abandoned trial comes again") {
  const SearchSpace space = space_of(R"({"a": {"type": "int", "min": 1, "max": 9}})");
  History history = testing::empty_history(space);
  const auto searcher = searcher_of("\"grid\"", history.space()).searcher;
  for (std::int64_t number = 0; number < 4; ++number) {
    add_trial(history, searcher->suggest(number, {}, history)->configuration, TrialState::running);
  }
  testing::finish_trial(history, 1, TrialState::abandoned);
  CHECK(configuration_json(searcher->suggest(4, {}, history)->configuration) == R"({"a": 2})");
}

TEST_CASE("a grid of more points than memory holds begins at once") {
  std::string parameters = "{";
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    parameters += (parameters.size() > 1 ? ", \"" : "\"") + std::string(name) +
                  R"(": {"type": "int", "min": 0, "max": 999999})";
  }
  const auto points = points_of(testing::empty_history(space_of(parameters + "}")), "\"grid\"", 2);
  CHECK(points[1] == R"({"a": 0, "b": 0, "c": 0, "d": 0, "e": 0, "f": 1})");
}

}  // namespace autoglm
