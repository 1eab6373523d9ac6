#include "optimizer/tally.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "optimizer/summary.h"
#include "search_space/random.h"
#include "tests/optimizer/fakes.h"

namespace autoglm {
namespace {

Objective loss_below(double target) {
  return Objective({{.name = "loss", .goal = Goal::minimize, .target = target}});
}

TEST_CASE("the tally of a study is what counting its trials anew would give") {
  const Objective objective = loss_below(0.25);
  History history(fakes::unit_space(), objective);
  Tally tally(history);
  Rng random(3, 0);
  for (int change = 0; change < 500; ++change) {
    const auto number = static_cast<std::int64_t>(random.below(history.trials().size() + 1));
    if (history.find(number) == nullptr) {
      history.add({.number = number});
    }
    Trial& trial = history.at(number);
    if (!is_finished(trial.state)) {
      trial.state = static_cast<TrialState>(random.below(8));
      trial.values = {random.uniform()};
    }
    tally.note(trial, objective);

    const auto& trials = history.trials();
    const auto first = [&trials](auto holds) -> std::optional<std::int64_t> {
      const auto found = std::find_if(trials.begin(), trials.end(), holds);
      return found == trials.end() ? std::nullopt : std::optional(found->number);
    };
    REQUIRE(tally.counted() == count_trials(trials).counted);
    REQUIRE(tally.first_waiting() ==
            first([](const Trial& t) { return t.state == TrialState::waiting; }));
    REQUIRE(tally.target_reached_by() == first([](const Trial& t) {
              return t.state == TrialState::complete && t.values[0] <= 0.25;
            }));
  }
  CHECK(Tally(history).counted() == tally.counted());
}

}  // namespace
}  // namespace autoglm
