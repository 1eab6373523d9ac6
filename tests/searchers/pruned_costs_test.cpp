#include "optimizer/searchers/pruned_costs.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "optimizer/searchers/evidence.h"
#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::empty_history;
using testing::space_of;

namespace {

// Trials with curves, and what they are taken to cost. A complete one ends with its last cost.
class Trials {
 public:
  void add(TrialState state, const Curve& curve) {
    Trial& trial =
        add_trial(history_, Configuration({{"n", number_++}}), state, {curve.back().second});
    for (const auto& [step, cost] : curve) {
      trial.reports.push_back({.step = step, .metrics = {{"cost0", cost}}});
    }
  }
  void complete(const Curve& curve) { add(TrialState::complete, curve); }

  double cost_of_pruned(const Curve& curve) {
    add(TrialState::pruned, curve);
    const Evidence evidence = gather_evidence(history_, -1, Eigen::VectorXd::Ones(1));
    return evidence.costs[evidence.costs.size() - 1];
  }

 private:
  History history_ = empty_history(space_of(R"({"n": {"type": "int", "min": 0, "max": 99}})"));
  std::int64_t number_ = 0;
};

// At step 0 the costs 1, 2, 4; in the end 0.5, 0.6, 1.
Trials three_complete() {
  Trials trials;
  trials.complete({{0, 2}, {9, 0.5}});  // overtakes the next one
  trials.complete({{0, 1}, {9, 0.6}});
  trials.complete({{0, 4}, {9, 1}});
  return trials;
}

}  // namespace

TEST_CASE("a pruned trial ends where complete ones of its place did") {
  CHECK(three_complete().cost_of_pruned({{0, 3}}) == doctest::Approx(0.8));
  CHECK(three_complete().cost_of_pruned({{0, 4}}) == 1);
}

TEST_CASE("one that was worse than all stays as far behind") {
  CHECK(three_complete().cost_of_pruned({{0, 5}}) == 2);
  CHECK(three_complete().cost_of_pruned({{0, 104}}) == 101);
}

TEST_CASE("one that was stopped while it led is no better than the median") {
  CHECK(three_complete().cost_of_pruned({{0, 1.5}}) == 0.6);
  CHECK(three_complete().cost_of_pruned({{0, -70}}) == 0.6);
}

TEST_CASE("complete ones are looked at where they were at the pruned one's last step") {
  CHECK(three_complete().cost_of_pruned({{0, 9}, {3, 3}}) == doctest::Approx(0.8));
  CHECK(three_complete().cost_of_pruned({{0, 1}, {9, 0.7}}) == doctest::Approx(0.7));
  CHECK(three_complete().cost_of_pruned({{0, 1}, {20, 3}}) == 3);
}

TEST_CASE("where no complete one has been, the last cost stays within theirs") {
  Trials trials;
  trials.complete({{5, 2}});
  trials.complete({{5, 3}});
  trials.complete({{5, 7}});
  CHECK(trials.cost_of_pruned({{1, 4}}) == 4);
  CHECK(trials.cost_of_pruned({{1, 100}}) == 7);
  CHECK(trials.cost_of_pruned({{1, 1}}) == 3);
}

TEST_CASE("reports that are not finite tell nothing") {
  Trials trials = three_complete();
  trials.complete({{0, std::numeric_limits<double>::quiet_NaN()}, {9, 0.7}});
  CHECK(trials.cost_of_pruned({{0, 3}}) == doctest::Approx(0.8));
}

TEST_CASE("a pruned trial without a cost is as bad as the worst") {
  History history = empty_history(space_of(R"({"n": {"type": "int", "min": 0, "max": 9}})"));
  add_trial(history, Configuration({{"n", std::int64_t{0}}}), TrialState::complete, {2});
  add_trial(history, Configuration({{"n", std::int64_t{1}}}), TrialState::pruned);
  CHECK(gather_evidence(history, -1, Eigen::VectorXd::Ones(1)).costs == Eigen::Vector2d(2, 2));
}

}  // namespace autoglm
