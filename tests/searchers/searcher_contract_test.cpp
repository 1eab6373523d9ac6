// What every searcher owes, on spaces of all kinds.
#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "random_space.h"
#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::random_space;
using testing::searcher_of;
using testing::Size;

namespace {

const std::vector<std::string> kSearchers{"random",  "sobol",     "grid",      "gp",
                                          "natural", "reinforce", "imagining", "policy_gradient"};

std::string section(const std::string& name) {
  if (name == "natural" || name == "reinforce") {
    return R"({"type": "policy_gradient", "critic": "none", "rule": ")" + name + "\"}";
  }
  if (name == "imagining") {
    return R"({"type": "policy_gradient", "rule": "reinforce"})";
  }
  if (name == "policy_gradient") {
    return R"({"type": "policy_gradient", "reward": {"w_speed": 0.1, "w_cost": 0.1}})";
  }
  // Few trials of the design, so that the model comes in early.
  return name == "gp" ? R"({"type": "gp", "startup": 3})" : "\"" + name + "\"";
}

// Any number that depends on the configuration.
double cost(const Configuration& configuration) {
  double sum = 0;
  for (const auto& [name, value] : configuration) {
    const double number = value_number(value);
    sum += std::isnan(number) ? value_text(value)[0] / 50.0 : std::sin(number);
  }
  return sum;
}

// How the n-th trial ends: of every kind there are some.
void end_trial(History& history, std::int64_t number) {
  const double value = cost(history.find(number)->configuration);
  constexpr TrialState kEnds[] = {TrialState::complete,   TrialState::complete, TrialState::failed,
                                  TrialState::pruned,     TrialState::complete, TrialState::running,
                                  TrialState::infeasible, TrialState::complete};
  const TrialState end = kEnds[number % 8];
  const bool valued = end == TrialState::complete || end == TrialState::pruned;
  testing::finish_trial(history, number, end, valued ? std::vector{value} : std::vector<double>{});
}

}  // namespace

TEST_CASE("suggestions are of the space, feasible, and never a configuration of another trial") {
  for (const std::string& name : kSearchers) {
    for (std::uint64_t number = 0; number < 60; ++number) {
      CAPTURE(name);
      CAPTURE(number);
      History history = testing::empty_history(random_space(number, Size::any));
      const auto searcher = searcher_of(section(name), history.space()).searcher;
      for (std::int64_t trial = 0; trial < 9; ++trial) {
        const auto suggestion = searcher->suggest(trial, {}, history);
        if (!suggestion) {
          break;
        }
        const Configuration& configuration = suggestion->configuration;
        REQUIRE_FALSE(history.was_tried(configuration));
        REQUIRE_FALSE(
            history.space().problem_with(configuration, SearchSpace::Completeness::whole));
        REQUIRE(history.space().violated_constraint(configuration) == nullptr);
        REQUIRE_FALSE(suggestion->why.empty());
        REQUIRE(suggestion->why.find('\n') == std::string::npos);
        add_trial(history, configuration, TrialState::running);
        end_trial(history, trial);
      }
    }
  }
}

TEST_CASE("a finite space is given out whole, each configuration once, then nothing") {
  for (const std::string& name : kSearchers) {
    int tried = 0;
    for (std::uint64_t number = 0; tried < 25; ++number) {
      History history = testing::empty_history(random_space(number, Size::small));
      const std::uint64_t count = history.space().count(1000).value();
      if (count > 60) {
        continue;
      }
      ++tried;
      CAPTURE(name);
      CAPTURE(number);
      const auto searcher = searcher_of(section(name), history.space()).searcher;
      for (std::uint64_t trial = 0; trial < count; ++trial) {
        const auto suggestion = searcher->suggest(static_cast<std::int64_t>(trial), {}, history);
        REQUIRE(suggestion);
        REQUIRE_FALSE(history.was_tried(suggestion->configuration));
        add_trial(history, suggestion->configuration, TrialState::running);
        end_trial(history, static_cast<std::int64_t>(trial));
      }
      CHECK_FALSE(searcher->suggest(static_cast<std::int64_t>(count), {}, history));
    }
  }
}

TEST_CASE("a searcher built anew from the past goes on as the one that lived through it") {
  for (const std::string& name : kSearchers) {
    for (std::uint64_t number = 0; number < 15; ++number) {
      CAPTURE(name);
      CAPTURE(number);
      History history = testing::empty_history(random_space(number, Size::any));
      const auto lived = searcher_of(section(name), history.space()).searcher;
      for (std::int64_t trial = 0; trial < 12; ++trial) {
        const auto anew = searcher_of(section(name), history.space()).searcher;
        const auto one = lived->suggest(trial, {}, history);
        const auto other = anew->suggest(trial, {}, history);
        REQUIRE(one.has_value() == other.has_value());
        if (!one) {
          break;
        }
        REQUIRE(configuration_json(one->configuration) == configuration_json(other->configuration));
        REQUIRE(one->why == other->why);
        add_trial(history, one->configuration, TrialState::running);
        end_trial(history, trial);
        if (trial == 5) {  // what is abandoned later is open again, for both
          testing::finish_trial(history, 2, TrialState::abandoned);
        }
      }
    }
  }
}

TEST_CASE("another seed suggests something else, apart from grid") {
  const SearchSpace space = testing::space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  for (const std::string name :
       {"random", "sobol", "gp", "natural", "reinforce", "policy_gradient"}) {
    CAPTURE(name);
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      History history = testing::empty_history(space);
      const auto searcher = searcher_of(section(name), history.space(), {.seed = seed}).searcher;
      add_trial(history, testing::configuration_of(R"({"x": 0.5})", space), TrialState::complete,
                {1});
      seen.insert(configuration_key(searcher->suggest(1, {}, history)->configuration));
    }
    CHECK(seen.size() == 5);
  }
}

TEST_CASE("fixed values are kept, and the rest is filled in around them") {
  const SearchSpace space = testing::space_of(R"({
    "kind": {"type": "categorical", "choices": ["a", "b"]},
    "x": {"type": "uniform", "min": 0, "max": 1, "when": "kind == 'b'"},
    "n": {"type": "int", "min": 1, "max": 3}})",
                                              R"(["n + x <= 3"])");
  for (const std::string& name : kSearchers) {
    CAPTURE(name);
    History history = testing::empty_history(space);
    const auto searcher = searcher_of(section(name), history.space()).searcher;
    const Configuration fixed = testing::configuration_of(R"({"x": 0.25})", space);
    for (std::int64_t trial = 0; trial < 5; ++trial) {
      const auto suggestion = searcher->suggest(trial, fixed, history);
      REQUIRE(suggestion);
      CHECK(value_text(*suggestion->configuration.find("kind")) == "b");
      CHECK(value_text(*suggestion->configuration.find("x")) == "0.25");
      // There are two (n is 1 or 2), each is given out once before any is repeated.
      CHECK(history.was_tried(suggestion->configuration) == (trial >= 2));
      add_trial(history, suggestion->configuration, TrialState::complete, {1.0});
    }
  }
}

TEST_CASE("an enqueued trial that is completed is no duplicate of itself") {
  const SearchSpace space = testing::space_of(R"({"n": {"type": "int", "min": 1, "max": 2}})");
  for (const std::string& name : kSearchers) {
    CAPTURE(name);
    History history = testing::empty_history(space);
    add_trial(history, testing::configuration_of(R"({"n": 1})", space), TrialState::complete, {1});
    Trial partial{.number = 1};
    partial.partial = true;
    history.add(partial);
    const auto suggestion =
        searcher_of(section(name), history.space()).searcher->suggest(1, {}, history);
    REQUIRE(suggestion);
    CHECK(configuration_json(suggestion->configuration) == R"({"n": 2})");
  }
}

TEST_CASE("many trials at a time are all different") {
  const SearchSpace space = testing::space_of(
      R"({"x": {"type": "uniform", "min": 0, "max": 1}, "n": {"type": "int", "min": 1, "max": 9}})");
  for (const std::string& name : kSearchers) {
    CAPTURE(name);
    History history = testing::empty_history(space);
    const auto searcher = searcher_of(section(name), history.space()).searcher;
    for (std::int64_t trial = 0; trial < 30; ++trial) {
      const auto suggestion = searcher->suggest(trial, {}, history);
      REQUIRE(suggestion);
      REQUIRE_FALSE(history.was_tried(suggestion->configuration));
      add_trial(history, suggestion->configuration, TrialState::running);
      if (trial < 6) {
        testing::finish_trial(history, trial, TrialState::complete,
                              {cost(suggestion->configuration)});
      }
    }
  }
}

}  // namespace autoglm
