// A study without a runner: a test plays what the programs do.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "optimizer/study.h"
#include "tests/optimizer/fakes.h"

namespace autoglm::fakes {

/// A study whose programs are played by hand, one at a time.
struct Played {
  explicit Played(StudySettings settings = {}, Objective objective = minimize("loss"),
                  std::deque<Decision> decisions = starts(5))
      : planner(std::move(decisions)),
        study(settings, History(unit_space(), std::move(objective)), planner, {&observer},
              clock.clock()) {}

  RunRequest begin() { return begin(std::get<Study::Given>(study.ask())); }
  RunRequest begin(const Study::Given& given) {
    RunRequest request = study.begin_attempt(given);
    study.attempt_started({.trial = request.trial,
                           .attempt = request.attempt,
                           .pid = 42,
                           .directory = "/t/" + std::to_string(request.attempt)});
    return request;
  }
  std::optional<Study::Given> end(const RunRequest& request, Finished finished) {
    finished.trial = request.trial;
    finished.attempt = request.attempt;
    return study.attempt_finished(finished);
  }
  Verdict report(std::int64_t step, double loss) { return study.report(0, step, {{"loss", loss}}); }
  const Trial& trial() const { return *study.history().find(0); }

  FakeClock clock;
  ScriptedPlanner planner;
  RememberingObserver observer;
  Study study;
};

}  // namespace autoglm::fakes
