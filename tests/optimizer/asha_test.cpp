// Asynchronous successive halving against tables worked out by hand.
#include <doctest/doctest.h>

#include <limits>

#include "optimizer/pruners/catalog.h"
#include "tests/optimizer/pruner_table.h"

namespace autoglm {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using fakes::judge;
using fakes::Table;

constexpr const char* kAsha =
    R"({"type": "asha", "min_steps": 1, "max_steps": 27, "reduction": 3})";

/// At rung 1 (the second value): 1, 2, …, n.
Table first_rung(int n) {
  Table table;
  for (int i = 1; i <= n; ++i) {
    table.push_back({100, static_cast<double>(i)});
  }
  return table;
}

TEST_CASE(
    "a trial goes on while fewer than `reduction` results are at the rung, its own included") {
  CHECK(judge(kAsha, Table{}, {9, 9}).action == Action::go_on);
  CHECK(judge(kAsha, first_rung(1), {9, 9}).action == Action::go_on);
  const Verdict verdict = judge(kAsha, first_rung(2), {9, 9});
  CHECK(verdict.action == Action::stop);
  CHECK(verdict.reason == "asha: 9.0 is number 3 of 3 at rung 1; the best 1 go on");
}

TEST_CASE("of n results at a rung the best n / reduction go on, rounded up") {
  struct Row {
    int others;
    int go_on;
  };
  // With its own result there are others + 1: of 3 the best 1, of 4 2, of 6 2, of 7 3, of 10 4.
  for (const Row& row : {Row{2, 1}, Row{3, 2}, Row{5, 2}, Row{6, 3}, Row{8, 3}, Row{9, 4}}) {
    CAPTURE(row.others);
    CHECK(judge(kAsha, first_rung(row.others), {9, row.go_on - 0.5}).action == Action::go_on);
    CHECK(judge(kAsha, first_rung(row.others), {9, row.go_on + 0.5}).action == Action::stop);
  }
}

TEST_CASE("equal results are of equal rank") {
  CHECK(judge(kAsha, Table{{9, 5}, {9, 5}, {9, 5}, {9, 5}}, {9, 5}).action == Action::go_on);
}

TEST_CASE("a trial is judged where it reaches a rung, not in between and not before the first") {
  const Table good{{0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}};
  CHECK(judge(kAsha, good, {9}).action == Action::go_on);          // step 0
  CHECK(judge(kAsha, good, {9, 9}).action == Action::stop);        // rung 1
  CHECK(judge(kAsha, good, {9, 9, 9}).action == Action::go_on);    // step 2
  CHECK(judge(kAsha, good, {9, 9, 9, 9}).action == Action::stop);  // rung 3
  CHECK(judge(kAsha, good, {9, 9, 9, 9, 9}).action == Action::go_on);
}

TEST_CASE("there is no rung at max_steps or beyond") {
  const std::string short_one = R"({"type": "asha", "min_steps": 1, "max_steps": 3})";
  const Table good{{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}};
  CHECK(judge(short_one, good, {9, 9, 9, 9}).action == Action::go_on);
}

TEST_CASE("a report that jumps over rungs is judged at the highest, and recorded at each") {
  History history(fakes::unit_space(), fakes::minimize("loss"));
  for (int i = 0; i < 3; ++i) {
    Trial& trial = fakes::add_running(history, {});
    trial.reports = {{.step = 10, .metrics = {{"loss", i}}, .sequence = history.next_sequence()}};
  }
  const SpecRoot section = read_spec(kAsha, "spec.json");
  const auto pruner = make_pruner(section.get()).pruner;
  CHECK(pruner->judge(*history.find(2), history).reason ==
        "asha: 2.0 is number 3 of 3 at rung 9; the best 1 go on");
  CHECK(judge(kAsha, std::move(history), {9, 9}).reason ==
        "asha: 9.0 is number 4 of 4 at rung 1; the best 2 go on");
}

TEST_CASE("a later report without the metric is not judged again") {
  History history = fakes::history_of(first_rung(5));
  Trial& trial = fakes::add_running(history, {9, 9});
  trial.reports.push_back(
      {.step = 2, .metrics = {{"acc", 1}}, .sequence = history.next_sequence()});
  const SpecRoot section = read_spec(kAsha, "spec.json");
  CHECK(make_pruner(section.get()).pruner->judge(trial, history).action == Action::go_on);
}

TEST_CASE("NaN is worse than every number, and equal to NaN") {
  CHECK(judge(kAsha, first_rung(5), {9, kNaN}).action == Action::stop);
  CHECK(judge(kAsha, Table{{9, kNaN}, {9, kNaN}, {9, kNaN}}, {9, 1e300}).action == Action::go_on);
  CHECK(judge(kAsha, Table{{9, kNaN}, {9, kNaN}}, {9, kNaN}).action == Action::go_on);
}

TEST_CASE("running, pruned and paused trials are yardsticks, those that broke are not") {
  for (const auto state : {TrialState::running, TrialState::pruned, TrialState::paused}) {
    History history = fakes::history_of(first_rung(2));
    history.at(0).state = state;
    CHECK(judge(kAsha, std::move(history), {9, 9}).action == Action::stop);
  }
  for (const auto state : {TrialState::failed, TrialState::infeasible, TrialState::abandoned}) {
    History history = fakes::history_of(first_rung(2));
    history.at(0).state = state;
    CHECK(judge(kAsha, std::move(history), {9, 9}).action == Action::go_on);
  }
}

TEST_CASE("for a metric to maximize the greatest go on") {
  CHECK(judge(kAsha, fakes::history_of(first_rung(2), Goal::maximize), {0, 3}).action ==
        Action::go_on);
  CHECK(judge(kAsha, fakes::history_of(first_rung(2), Goal::maximize), {0, 1.5}).action ==
        Action::stop);
}

}  // namespace
}  // namespace autoglm
