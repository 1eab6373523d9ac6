#include "optimizer/planners/search_and_prune.h"

#include <doctest/doctest.h>

#include "optimizer/pruners/catalog.h"
#include "tests/optimizer/fakes.h"
#include "tests/optimizer/pruner_table.h"

namespace autoglm {
namespace {

std::unique_ptr<Planner> planner_with(const std::string& pruner) {
  return make_search_and_prune(std::make_unique<fakes::FingerprintSearcher>(), "fingerprint",
                               make_pruner(read_spec(pruner, "s.json").get()).pruner);
}

SearchSpace three_values() {
  return SearchSpace({{.name = "k", .domain = IntRange{.min = 1, .max = 3}}}, {});
}

TEST_CASE("the searcher's choice is given out under its name, with its account") {
  const History history(fakes::unit_space(), fakes::minimize("loss"));
  const Decision decision = planner_with(R"("none")")->next(history);
  const Start& start = std::get<Start>(decision);
  CHECK(start.searcher == "fingerprint");
  CHECK(start.why == "at random");
  CHECK(start.configuration.contains("x"));
}

TEST_CASE("deciding twice from one history decides the same") {
  const History history(fakes::unit_space(), fakes::minimize("loss"));
  const auto planner = planner_with(R"("none")");
  const auto key = [&] {
    return configuration_key(std::get<Start>(planner->next(history)).configuration);
  };
  CHECK(key() == key());
}

/// Has no configuration to suggest.
class Exhausted : public Searcher {
  std::optional<Suggestion> suggest(std::int64_t /*number*/, const Configuration& /*fixed*/,
                                    const History& /*history*/) override {
    return std::nullopt;
  }
};

Done exhausted_detail(SearchSpace space) {
  const auto planner = make_search_and_prune(std::make_unique<Exhausted>(), "none left",
                                             make_pruner(nullptr).pruner);
  return std::get<Done>(planner->next(History(std::move(space), fakes::minimize("loss"))));
}

TEST_CASE("a searcher with nothing left exhausts the space") {
  const Done done = exhausted_detail(three_values());
  CHECK(done.reason == "space_exhausted");
  CHECK(done.detail == "every configuration was tried");
}

TEST_CASE("a constraint that nothing satisfies is blamed for the empty space") {
  const SearchSpace impossible({{.name = "k", .domain = IntRange{.min = 1, .max = 3}}},
                               {Expression::parse("k > 5", Dialect::arithmetic)});
  CHECK(exhausted_detail(impossible).detail == "no draw satisfied the constraint k > 5");
}

TEST_CASE("what another searcher chose is not explained, and who could is told") {
  History history = fakes::history_of({{9, 9}});
  history.at(0).searcher = "policy_gradient";
  const auto planner = planner_with(R"("none")");
  CHECK(planner->explain(history.at(0), history).empty());
  history.at(0).chosen_with = R"({"max_trials": 9})";
  CHECK(planner->explain(history.at(0), history) ==
        R"({"unconfirmed": "the study goes on with fingerprint; open it with --searcher )"
        R"(policy_gradient to derive the choice"})");
}

TEST_CASE("the pruner judges and the searcher recommends") {
  History history = fakes::history_of({{9, 9}, {7, 7}, {5, 5}, {3, 3}, {1, 1}});
  const Trial& trial = fakes::add_running(history, {8, 8});
  const auto planner = planner_with(R"("median")");
  CHECK(planner->judge(trial, history).action == Action::stop);
  CHECK(planner->recommend(1, history).at(0).trial == 4);
}

}  // namespace
}  // namespace autoglm
