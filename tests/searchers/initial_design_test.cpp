#include "optimizer/searchers/initial_design.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::space_of;

namespace {

const Configuration kNothingFixed;

}  // namespace

TEST_CASE("the first trial is the centre, with the first of unordered choices") {
  const SearchSpace space = space_of(R"({
    "x": {"type": "log_uniform", "min": 0.001, "max": 10},
    "n": {"type": "int", "min": 1, "max": 9},
    "o": {"type": "ordinal", "choices": [1, 2, 4]},
    "c": {"type": "categorical", "choices": ["usual", "other", "third"]}})");
  const History history = testing::empty_history(space);
  const InitialDesign design(history.space(), 1, 0);
  const auto first = design.next(Request(0, kNothingFixed, history));
  REQUIRE(first);
  CHECK(configuration_json(*first) == R"({"x": 0.1, "n": 5, "o": 2, "c": "usual"})");
}

TEST_CASE("the design has one trial more than there are parameters, at least 4, at most 10") {
  const SearchSpace one = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  CHECK(InitialDesign(one, 1, 0).size() == 4);
  std::string parameters = R"({"x": {"type": "uniform", "min": 0, "max": 1})";
  for (const char* name : {"a", "b", "c", "d"}) {
    parameters += ", \"" + std::string(name) + R"(": {"type": "uniform", "min": 0, "max": 1})";
  }
  CHECK(InitialDesign(space_of(parameters + "}"), 1, 0).size() == 6);
  for (const char* name : {"e", "f", "g", "h", "i", "j", "k"}) {
    parameters += ", \"" + std::string(name) + R"(": {"type": "uniform", "min": 0, "max": 1})";
  }
  CHECK(InitialDesign(space_of(parameters + "}"), 1, 0).size() == 10);
  CHECK(InitialDesign(one, 1, 7).size() == 7);
}

TEST_CASE("every branch of a conditional space is in the design, one it could miss by chance too") {
  const SearchSpace space = space_of(R"({
    "model": {"type": "categorical", "choices": ["a", "b", "c", "d", "e", "f", "g"]},
    "x": {"type": "uniform", "min": 0, "max": 1, "when": "model == 'g'"}})");
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    History history = testing::empty_history(space);
    const InitialDesign design(history.space(), seed, 0);
    std::set<std::string> models;
    std::int64_t number = 0;
    for (; design.is_wanted(Request(number, kNothingFixed, history)); ++number) {
      const auto next = design.next(Request(number, kNothingFixed, history));
      if (!next) {
        break;
      }
      models.insert(value_text(*next->find("model")));
      add_trial(history, *next, TrialState::complete, {0});
    }
    CHECK(models.size() == 7);
    CHECK(number <= 8);  // twice the usual four
  }
}

TEST_CASE("trials that the user gave count towards the design") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  History history = testing::empty_history(space);
  const InitialDesign design(history.space(), 1, 0);
  for (const double x : {0.1, 0.2, 0.3}) {
    add_trial(history, Configuration({{"x", x}}), TrialState::running);
    CHECK(design.is_wanted(Request(9, kNothingFixed, history)));
  }
  add_trial(history, Configuration({{"x", 0.4}}), TrialState::abandoned);
  CHECK(design.is_wanted(Request(9, kNothingFixed, history)));
  add_trial(history, Configuration({{"x", 0.5}}), TrialState::running);
  CHECK_FALSE(design.is_wanted(Request(9, kNothingFixed, history)));
}

}  // namespace autoglm
