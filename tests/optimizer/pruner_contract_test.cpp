// What every early-stopping rule owes, and how specs name them.
#include <doctest/doctest.h>

#include "optimizer/pruners/catalog.h"
#include "tests/optimizer/pruner_table.h"

namespace autoglm {
namespace {

std::string problem_of(const std::string& text) {
  const SpecRoot section = read_spec(text, "s.json");
  try {
    make_pruner(section.get());
  } catch (const SpecError& error) {
    return error.what();
  }
  return "";
}

PrunerChoice chosen(const std::string& text) {
  return make_pruner(read_spec(text, "s.json").get());
}

TEST_CASE("every rule stops with a reason and goes on without one, the same twice over") {
  for (const auto& entry : pruner_names()) {
    const std::string rule = json_quoted(entry.first);
    CAPTURE(rule);
    for (const double loss : {0.0, 4.0, 1e9}) {
      History history = fakes::history_of({{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}});
      const Verdict verdict = fakes::judge(rule, history, {loss, loss});
      CHECK((verdict.action == Action::go_on) == verdict.reason.empty());
      CHECK(fakes::judge(rule, history, {loss, loss}).reason == verdict.reason);
    }
  }
}

TEST_CASE("every rule copes with a report that lacks the metric") {
  for (const auto& entry : pruner_names()) {
    const std::string rule = json_quoted(entry.first);
    CAPTURE(rule);
    History history = fakes::history_of({{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}});
    Trial& trial = fakes::add_running(history, {});
    trial.reports = {{.step = 1, .metrics = {{"acc", 0.5}}, .sequence = history.next_sequence()}};
    CHECK(chosen(rule).pruner->judge(trial, history).action == Action::go_on);
  }
}

TEST_CASE("without early_stopping no trial is stopped") {
  CHECK(make_pruner(nullptr).name == "none");
  CHECK(chosen("null").name == "none");
  CHECK(fakes::judge(R"("none")", {{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}, {9, 9}).action ==
        Action::go_on);
}

TEST_CASE("the options are stored whole, defaults included") {
  CHECK(chosen(R"("none")").options == "{}");
  CHECK(chosen(R"("median")").options == R"({"min_trials":5,"warmup_steps":0})");
  CHECK(chosen(R"("asha")").options == R"({"min_steps":1,"max_steps":null,"reduction":3})");
  CHECK(chosen(R"({"type": "asha", "min_steps": 2, "max_steps": 54, "reduction": 4})").options ==
        R"({"min_steps":2,"max_steps":54,"reduction":4})");
}

TEST_CASE("a rule that does not exist is an error that lists those that do") {
  CHECK(
      problem_of(R"({"type": "hyperband"})") ==
      R"(s.json:1:10: /type: no early stopping is called "hyperband"; there are none, median, asha)");
  CHECK(
      problem_of(R"("medain")") ==
      R"(s.json:1:1: /: no early stopping is called "medain"; did you mean "median"? there are none, )"
      "median, asha");
}

TEST_CASE("options out of their range or of another rule are errors at their place") {
  CHECK(problem_of(R"({"type": "asha", "reduction": 1})") ==
        "s.json:1:31: /reduction: must be at least 2, not 1");
  CHECK(problem_of(R"({"type": "asha", "min_steps": 3, "max_steps": 3})") ==
        "s.json:1:47: /max_steps: must be above min_steps (3)");
  CHECK(problem_of(R"({"type": "median", "reduction": 3})") ==
        R"(s.json:1:20: /reduction: unknown key "reduction" of early stopping; known are type, )"
        "min_trials, warmup_steps");
  CHECK(problem_of(R"({"min_steps": 3})") ==
        R"(s.json:1:1: /: early stopping needs "type"; add it)");
}

}  // namespace
}  // namespace autoglm
