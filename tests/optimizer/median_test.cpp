// The median stopping rule against tables worked out by hand.
#include <doctest/doctest.h>

#include <limits>

#include "optimizer/pruners/catalog.h"
#include "tests/optimizer/pruner_table.h"

namespace autoglm {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using fakes::judge;
using fakes::Table;

/// Five complete trials; their values at steps 0, 1, 2. Medians: 5, 4, 3.
Table five() { return {{9, 8, 7}, {7, 6, 5}, {5, 4, 3}, {3, 2, 1}, {1, 1, 1}}; }

TEST_CASE("a trial whose best so far is worse than the median at its step is stopped") {
  const Verdict verdict = judge(R"("median")", five(), {6, 4.5});
  CHECK(verdict.action == Action::stop);
  CHECK(verdict.reason == "median: the best by step 1, 4.5, is worse than the median 4.0");
}

TEST_CASE("a trial at the median goes on, and so does one that was once below it") {
  CHECK(judge(R"("median")", five(), {6, 4}).action == Action::go_on);
  CHECK(judge(R"("median")", five(), {2.5, 9, 9}).action == Action::go_on);
}

TEST_CASE("the median of an even number is the mean of the two in the middle") {
  Table six = five();
  six.push_back({4, 3, 2});  // at step 0: 1 3 4 5 7 9, median 4.5
  CHECK(judge(R"("median")", six, {4.5}).action == Action::go_on);
  CHECK(judge(R"("median")", six, {4.51}).action == Action::stop);
}

TEST_CASE("the rule waits for min_trials complete trials and for warmup_steps") {
  Table four = five();
  four.pop_back();
  CHECK(judge(R"("median")", four, {100}).action == Action::go_on);
  CHECK(judge(R"({"type": "median", "min_trials": 4})", four, {100}).action == Action::stop);
  const std::string warm = R"({"type": "median", "warmup_steps": 2})";
  CHECK(judge(warm, five(), {100, 100}).action == Action::go_on);
  CHECK(judge(warm, five(), {100, 100, 100}).action == Action::stop);
}

TEST_CASE("a complete trial that is shorter counts with its last value") {
  const Table shorter{{9}, {7}, {5}, {3}, {1}};
  CHECK(judge(R"("median")", shorter, {9, 9, 5.5}).action == Action::stop);
  CHECK(judge(R"("median")", shorter, {9, 9, 5}).action == Action::go_on);
}

TEST_CASE("only numbers count: a trial of NaN alone is stopped, NaN of others is passed over") {
  CHECK(judge(R"("median")", five(), {kNaN}).action == Action::stop);
  CHECK(judge(R"("median")", five(), {kNaN, 3}).action == Action::go_on);
  Table with_nan = five();
  with_nan[0] = {kNaN, kNaN, kNaN};
  CHECK(judge(R"("median")", with_nan, {100}).action == Action::go_on);  // four are too few
}

TEST_CASE("pruned and running trials are no yardstick of the median") {
  History history = fakes::history_of(five());
  for (int i = 0; i < 2; ++i) {
    history.at(i).state = i == 0 ? TrialState::pruned : TrialState::running;
  }
  CHECK(judge(R"("median")", std::move(history), {100}).action == Action::go_on);
}

TEST_CASE("for a metric to maximize the rule is the mirror image") {
  CHECK(judge(R"("median")", fakes::history_of(five(), Goal::maximize), {4.9}).action ==
        Action::stop);
  CHECK(judge(R"("median")", fakes::history_of(five(), Goal::maximize), {5}).action ==
        Action::go_on);
}

}  // namespace
}  // namespace autoglm
