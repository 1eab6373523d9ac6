#include "optimizer/searchers/policy_reward.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace autoglm {

using doctest::Approx;

namespace {

const Objective& loss() {
  static const Objective objective({{.name = "loss"}});
  return objective;
}

Trial learning(const std::vector<double>& losses) {
  Trial trial;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    trial.reports.push_back(
        {.step = static_cast<std::int64_t>(10 * i), .metrics = {{"loss", losses[i]}}});
  }
  return trial;
}

Trial that_used(double seconds, std::int64_t bytes) {
  Trial trial{.state = TrialState::complete,
              .started = 1'000'000'000,
              .finished = 1'000'000'000 + static_cast<TimeNs>(seconds * 1e9)};
  if (bytes > 0) {
    trial.attempts.push_back(
        {.started = trial.started, .finished = trial.finished, .peak_memory_bytes = bytes});
  }
  return trial;
}

}  // namespace

TEST_CASE("convergence is fast where the improvement comes early") {
  CHECK(convergence_speed(learning({1, 0, 0, 0}), loss()) == Approx(1));
  CHECK(convergence_speed(learning({1, 1, 1, 0}), loss()) == Approx(1.0 / 3));
  CHECK(convergence_speed(learning({4, 3, 2, 1}), loss()) == Approx(2.0 / 3));
  // What gets worse again keeps what it had reached.
  CHECK(convergence_speed(learning({4, 1, 9}), loss()) == Approx(1));
}

TEST_CASE("without an improvement in the reports there is no speed") {
  CHECK(convergence_speed(learning({}), loss()) == 0);
  CHECK(convergence_speed(learning({3}), loss()) == 0);
  CHECK(convergence_speed(learning({3, 3, 4}), loss()) == 0);
}

TEST_CASE("speed is by cost: of a metric to be maximized, rising is improving") {
  const Objective accuracy({{.name = "loss", .goal = Goal::maximize}});
  CHECK(convergence_speed(learning({0, 1, 1}), accuracy) == Approx(1));
  CHECK(convergence_speed(learning({1, 0, 0}), accuracy) == 0);
}

TEST_CASE("the rank is the share of worse trials less that of better ones") {
  RewardLedger ledger(loss(), {});
  for (const double cost : {5.0, 1e300, 5.0, -3.0, 6.0}) {
    ledger.add({}, cost);
  }
  CHECK(ledger.terms(0).rank == Approx(0.25));  // two worse, one better, of four others
  CHECK(ledger.terms(2).rank == Approx(0.25));
  CHECK(ledger.terms(1).rank == -1);
  CHECK(ledger.terms(3).rank == 1);
  CHECK(ledger.terms(4).total() == -0.5);
}

TEST_CASE("a single trial has a return of zero") {
  RewardLedger ledger(loss(), {});
  ledger.add({}, 7);
  CHECK(ledger.terms(0).total() == 0);
}

TEST_CASE("speed and use count by their weights, use in medians of duration and memory") {
  RewardLedger ledger(loss(), {.speed = 2, .cost = 0.5});
  Trial quick = that_used(1, 0);
  quick.reports = learning({1, 0}).reports;
  ledger.add(quick, 0);
  ledger.add(that_used(2, 100), 0);
  ledger.add(that_used(4, 300), 0);
  ledger.add(Trial{}, 0);
  CHECK(ledger.terms(0).speed == 2);
  CHECK(ledger.terms(0).cost == Approx(-0.25));   // 1 s of 2
  CHECK(ledger.terms(1).cost == Approx(-0.375));  // (2 / 2 + 100 / 200) / 2
  CHECK(ledger.terms(2).cost == Approx(-0.875));  // (4 / 2 + 300 / 200) / 2
  CHECK(ledger.terms(3).cost == Approx(-0.5));    // nothing known: the median
  CHECK(ledger.terms(0).total() == Approx(1.75));
}

}  // namespace autoglm
