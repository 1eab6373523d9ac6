// The searcher as a study sees it.
#include "optimizer/searchers/policy_gradient.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "study_past.h"

namespace autoglm {

using doctest::Approx;
using Json = nlohmann::json;
using testing::add_trial;
using testing::searcher_of;

namespace {

SearchSpace branching_space() {
  return testing::space_of(R"({
    "kind": {"type": "categorical", "choices": ["a", "b"]},
    "x": {"type": "uniform", "min": -1, "max": 1, "when": "kind == 'b'"},
    "y": {"type": "uniform", "min": 0, "max": 1}})");
}

// The branch "a" is better, and small values of y.
double cost(const Configuration& configuration) {
  const Value* x = configuration.find("x");
  return (x == nullptr ? 0 : 1 + std::abs(value_number(*x))) +
         value_number(*configuration.find("y"));
}

Trial& suggested(Searcher& searcher, History& history) {
  const auto number = static_cast<std::int64_t>(history.trials().size());
  const std::int64_t seen = history.sequence();
  const Suggestion suggestion = searcher.suggest(number, {}, history).value();
  Trial& trial = add_trial(history, suggestion.configuration, TrialState::running);
  trial.seen = seen;
  trial.chosen_with = suggestion.chosen_with;
  return trial;
}

// As many trials as that, one after the other.
void play(Searcher& searcher, History& history, int trials) {
  for (int i = 0; i < trials; ++i) {
    Trial& trial = suggested(searcher, history);
    testing::finish_trial(history, trial.number, TrialState::complete, {cost(trial.configuration)});
  }
}

Json explained(Searcher& searcher, const History& history, std::int64_t number) {
  return Json::parse(searcher.explain(*history.find(number), history));
}

const std::string kPure = R"({"type": "policy_gradient", "critic": "none"})";
const std::string kReinforce =
    R"({"type": "policy_gradient", "critic": "none", "rule": "reinforce"})";

}  // namespace

TEST_CASE("a policy learns which branch is good and where in it") {
  for (const std::string& section : {kPure, kReinforce, std::string("\"policy_gradient\"")}) {
    CAPTURE(section);
    History history = testing::empty_history(branching_space());
    history.set_max_trials(80);
    const auto searcher = searcher_of(section, history.space()).searcher;
    play(*searcher, history, 80);
    int good = 0;
    double y = 0;
    for (std::int64_t number = 60; number < 80; ++number) {
      const Configuration& configuration = history.find(number)->configuration;
      good += configuration.contains("x") ? 0 : 1;
      y += value_number(*configuration.find("y")) / 20;
    }
    CHECK(good >= 15);
    CHECK(y < 0.3);
  }
}

TEST_CASE("from trials that are all alike the natural rule learns nothing and stays wide") {
  // Only a corner of a twenty-fifth works.
  const SearchSpace space = testing::space_of(R"({
    "x": {"type": "uniform", "min": 0, "max": 1}, "y": {"type": "uniform", "min": 0, "max": 1}})");
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    CAPTURE(seed);
    History history = testing::empty_history(space);
    const auto searcher = testing::searcher_of(R"({"type": "policy_gradient", "critic": "none"})",
                                               history.space(), {.seed = seed, .max_trials = 100})
                              .searcher;
    int complete = 0;
    for (std::int64_t trial = 0; trial < 100; ++trial) {
      const Configuration configuration = searcher->suggest(trial, {}, history)->configuration;
      const double x = value_number(*configuration.find("x"));
      const double y = value_number(*configuration.find("y"));
      const bool works = x > 0.8 && y > 0.8;
      complete += works ? 1 : 0;
      testing::add_trial(history, configuration, works ? TrialState::complete : TrialState::failed,
                         works ? std::vector<double>{x + y} : std::vector<double>{});
    }
    CHECK(complete >= 10);
  }
}

TEST_CASE("each finished trial is given its reward, term by term") {
  const SearchSpace space = testing::space_of(R"({"y": {"type": "uniform", "min": 0, "max": 1}})");
  History history = testing::empty_history(space);
  const auto searcher =
      searcher_of(R"({"type": "policy_gradient", "reward": {"w_speed": 3, "w_cost": 0.5}})",
                  history.space())
          .searcher;
  const auto add = [&](double y, double seconds) -> Trial& {
    Trial& trial =
        add_trial(history, testing::configuration_of("{\"y\": " + number_text(y) + "}", space),
                  TrialState::complete, {y});
    testing::set_duration(trial, seconds);
    return trial;
  };
  add(0.5, 2);
  Trial& second = add(0.25, 1);
  second.reports = {{.step = 0, .metrics = {{"cost0", 1.0}}},
                    {.step = 1, .metrics = {{"cost0", 0.25}}}};
  const Searcher::Attributes attributes = searcher->attributes_at_end(second, history);
  REQUIRE(attributes.size() == 1);
  CHECK(attributes[0].first == "policy_gradient.reward");
  const Json reward = Json::parse(attributes[0].second);
  CHECK(reward["rank"] == 1.0);
  CHECK(reward["speed"] == 3.0);
  CHECK(reward["cost"].get<double>() == Approx(-0.5 / 1.5));  // the median of 1 s and 2 s
  CHECK(reward["return"].get<double>() == Approx(4 - 0.5 / 1.5));
  CHECK(reward["baseline"].get<double>() == Approx(-0.5));  // the first one's return: 2 s of 2 s
  CHECK(reward["won"] == "speed");
}

TEST_CASE("an abandoned trial is given no reward") {
  History history = testing::empty_history(branching_space());
  const auto searcher = searcher_of(kPure, history.space()).searcher;
  play(*searcher, history, 2);
  Trial& trial = suggested(*searcher, history);
  testing::finish_trial(history, trial.number, TrialState::abandoned);
  CHECK(searcher->attributes_at_end(trial, history).empty());
}

TEST_CASE("explain tells the policy that chose a trial, and what was learnt from it") {
  History history = testing::empty_history(branching_space());
  history.set_max_trials(40);
  const auto searcher = searcher_of(kReinforce, history.space()).searcher;
  play(*searcher, history, 20);
  std::int64_t number = 19;
  while (!history.find(number)->configuration.contains("x")) {
    --number;
  }
  const Json told = explained(*searcher, history, number);
  CHECK(told["state"]["progress"].get<double>() == Approx(static_cast<double>(number) / 40));
  REQUIRE(told["steps"].size() == 3);
  const Json& kind = told["steps"][0];
  CHECK(kind["parameter"] == "kind");
  CHECK(kind["value"] == "b");
  const double p = kind["probabilities"]["b"].get<double>();
  CHECK(p + kind["probabilities"]["a"].get<double>() == Approx(1));
  CHECK(kind["times_uniform"].get<double>() == Approx(2 * p));
  CHECK(told["steps"][2]["parameter"] == "y");
  const Json& x = told["steps"][1];
  CHECK(x["branch"] == "kind = b");
  CHECK(x["value"].get<double>() ==
        Approx(value_number(*history.find(number)->configuration.find("x"))));
  CHECK(std::abs(x["mean"].get<double>()) <= 1);  // in the parameter's own units
  const Json& reward = told["reward"];
  CHECK(reward["won"] == "rank");
  CHECK(reward["return"].get<double>() == Approx(reward["rank"].get<double>()));
  CHECK(reward["advantage"].get<double>() ==
        Approx(kind["return"].get<double>() - reward["baseline"].get<double>()));
}

TEST_CASE("choices that read alike are told apart") {
  History history = testing::empty_history(testing::space_of(R"({
        "c": {"type": "categorical", "choices": [1, "1"]},
        "y": {"type": "uniform", "min": 0, "max": 1}})"));
  const auto searcher = searcher_of(kPure, history.space()).searcher;
  play(*searcher, history, 3);
  const Json probabilities = explained(*searcher, history, 2)["steps"][0]["probabilities"];
  CHECK(probabilities.size() == 2);
  CHECK(probabilities["1"].get<double>() + probabilities["\"1\""].get<double>() == Approx(1));
}

TEST_CASE("what explain tells of a choice does not depend on what came later") {
  for (const std::string& section : {kPure, kReinforce}) {
    History history = testing::empty_history(branching_space());
    history.set_max_trials(40);
    const auto searcher = searcher_of(section, history.space()).searcher;
    play(*searcher, history, 12);
    const std::int64_t first = suggested(*searcher, history).number;
    const std::int64_t second = suggested(*searcher, history).number;
    const Json before = explained(*searcher, history, second);
    CHECK(before["reward"].is_null());
    for (const std::int64_t number : {first, second}) {
      testing::finish_trial(history, number, TrialState::complete,
                            {cost(history.find(number)->configuration)});
    }
    play(*searcher, history, 12);
    Json after = explained(*searcher, history, second);
    CHECK_FALSE(after["reward"].is_null());
    CHECK(after["state"] == before["state"]);
    for (std::size_t t = 0; t < before["steps"].size(); ++t) {
      after["steps"][t].erase("return");
      CHECK(after["steps"][t] == before["steps"][t]);
    }
  }
}

// Regression: a study that went on with another budget or other options was explained by those.
TEST_CASE("a choice is explained by the budget and the options that it was made with") {
  for (const std::string& section : {kPure, kReinforce}) {
    CAPTURE(section);
    History history = testing::empty_history(branching_space());
    history.set_max_trials(40);
    const auto searcher = searcher_of(section, history.space()).searcher;
    play(*searcher, history, 20);
    const Json before = explained(*searcher, history, 15);
    CHECK(before["chosen_with"]["max_trials"] == 40);
    CHECK(before["state"]["progress"].get<double>() == Approx(15.0 / 40));
    history.set_max_trials(400);
    const auto other = searcher_of(section == kPure ? kReinforce : kPure, history.space()).searcher;
    CHECK(explained(*other, history, 15) == before);
  }
}

TEST_CASE("explain says when it cannot derive a choice") {
  History history = testing::empty_history(branching_space());
  const auto searcher = searcher_of(kPure, history.space()).searcher;
  play(*searcher, history, 5);
  const auto problem = [&](Searcher& by) {
    const Json told = explained(by, history, 4);
    CHECK_FALSE(told.contains("steps"));
    return told["unconfirmed"].get<std::string>();
  };
  const SearchSpace wider = testing::space_of(R"({
    "kind": {"type": "categorical", "choices": ["a", "b"]},
    "x": {"type": "uniform", "min": -1, "max": 2, "when": "kind == 'b'"},
    "y": {"type": "uniform", "min": 0, "max": 1}})");
  CHECK(problem(*searcher_of(kPure, wider).searcher) ==
        "the parameters have changed since the trial was chosen; open the study with the spec of "
        "then");
  const auto later = make_policy_gradient_searcher(history.space(), {}, {.revision = 1000});
  CHECK(problem(*later).find("this is revision 1000; ask the autoglm of then") !=
        std::string::npos);
  history.at(4).chosen_with.clear();
  CHECK(problem(*searcher) ==
        "the trial does not tell the options and the budget that it was chosen with: another "
        "version of autoglm chose it");
}

TEST_CASE("a use that costs is avoided: the cheaper of two equal branches is chosen") {
  const SearchSpace space = testing::space_of(R"({
    "kind": {"type": "categorical", "choices": ["cheap", "dear"]},
    "y": {"type": "uniform", "min": 0, "max": 1}})");
  for (const char* critic : {"none", "gp"}) {
    INFO(std::string(critic));
    History history = testing::empty_history(space);
    history.set_max_trials(100);
    const auto searcher = searcher_of(std::string(R"({"type": "policy_gradient", "critic": ")") +
                                          critic + R"(", "reward": {"w_cost": 5}})",
                                      history.space())
                              .searcher;
    int cheap = 0;
    for (int i = 0; i < 100; ++i) {
      Trial& trial = suggested(*searcher, history);
      const bool is_cheap = value_text(*trial.configuration.find("kind")) == "cheap";
      cheap += i >= 80 && is_cheap ? 1 : 0;
      testing::set_duration(trial, is_cheap ? 1 : 4);
      testing::finish_trial(history, trial.number, TrialState::complete,
                            {value_number(*trial.configuration.find("y"))});
    }
    CHECK(cheap >= 15);
  }
}

TEST_CASE("proposals by the policy or from everywhere are both open configurations") {
  for (const char* proposals : {"policy", "uniform"}) {
    History history = testing::empty_history(branching_space());
    const auto searcher = searcher_of(std::string(R"({"type": "policy_gradient", "proposals": ")") +
                                          proposals + "\"}",
                                      history.space())
                              .searcher;
    play(*searcher, history, 5);
    const Suggestion suggestion = searcher->suggest(5, {}, history).value();
    CHECK_FALSE(history.was_tried(suggestion.configuration));
    CHECK(suggestion.why.find("log EI") == 0);
  }
}

}  // namespace autoglm
