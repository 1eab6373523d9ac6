// Stopping a study, in every way, and going on gives what not stopping gives.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "optimizer/planners/search_and_prune.h"
#include "optimizer/pruners/catalog.h"
#include "optimizer/study_loop.h"
#include "tests/optimizer/fakes.h"

namespace autoglm {
namespace {

constexpr std::int64_t kBudget = 30;

/// Learns for nine steps; some parameters crash, some are infeasible.
fakes::Script learn(const RunRequest& request) {
  const double x = value_number(*request.configuration.find("x"));
  if (x > 0.9) {
    return {.code = 64};
  }
  if (x > 0.8) {
    return fakes::fails(1, "diverged");
  }
  std::vector<double> losses;
  losses.reserve(9);
  for (int step = 0; step < 9; ++step) {
    losses.push_back((x - 0.3) * (x - 0.3) + std::exp(-x * step));
  }
  return fakes::reports_losses(losses);
}

using Interruption = std::function<void(fakes::ScriptedRunner&, fakes::RememberingObserver&,
                                        fakes::FakeClock&, StopLevel&, LoopSettings&)>;

struct Run {
  std::unique_ptr<Planner> planner = make_search_and_prune(
      std::make_unique<fakes::FingerprintSearcher>(), "fingerprint",
      make_pruner(read_spec(R"({"type": "asha", "min_steps": 1, "reduction": 2})", "s").get())
          .pruner);
  fakes::RememberingObserver observer;
  fakes::ScriptedRunner runner{1, learn};
  LoopSettings loop;
  StopLevel stop{0};
};

/// What is comparable of a study: everything but times, attempts and event numbers.
std::string account_of(const History& history) {
  std::string account;
  for (const Trial& trial : history.trials()) {
    account +=
        fmt::format("{} {} {} {} {} {} {}\n", trial.number, configuration_json(trial.configuration),
                    to_string(trial.state), trial.reason, fmt::join(trial.values, " "),
                    trial.reports.size(), trial.seed);
  }
  return account;
}

History one_run(History history, fakes::FakeClock& clock, const Interruption& interruption) {
  Run run;
  Study study({.seed = 5, .max_trials = kBudget}, std::move(history), *run.planner, {&run.observer},
              clock.clock());
  for (const Trial& trial : study.history().trials()) {
    if (trial.state == TrialState::running) {
      study.requeue(trial.number, "interrupted");
    }
  }
  study.flush();
  if (interruption) {
    interruption(run.runner, run.observer, clock, run.stop, run.loop);
  }
  try {
    run_study(study, run.runner, run.loop, run.stop);
  } catch (const std::runtime_error&) {
    return run.observer.durable_history(fakes::unit_space(), fakes::minimize("loss"));
  }
  return study.history();
}

History fresh() { return {fakes::unit_space(), fakes::minimize("loss")}; }

std::string uninterrupted() {
  fakes::FakeClock clock;
  return account_of(one_run(fresh(), clock, nullptr));
}

/// Calls `act` when trial 12 reports its third step.
void at_trial_12(fakes::ScriptedRunner& runner, const std::function<void()>& act) {
  runner.before_event = [act](const RunnerEvent& event) {
    const auto* const reported = std::get_if<Reported>(&event);
    if (reported != nullptr && reported->trial == 12) {
      act();
    }
  };
}

TEST_CASE("the study that these tests interrupt has trials of every kind") {
  const std::string account = uninterrupted();
  CHECK(account.find("complete") != std::string::npos);
  CHECK(account.find("pruned") != std::string::npos);
  CHECK(account.find("infeasible") != std::string::npos);
  CHECK(account.find("failed") != std::string::npos);
  CHECK(account == uninterrupted());
}

TEST_CASE("a study interrupted in any way and resumed tries what it would have tried") {
  const std::vector<std::pair<const char*, Interruption>> interruptions = {
      {"first Ctrl-C", [](auto& runner, auto&, auto&, StopLevel& stop,
                          auto&) { at_trial_12(runner, [&stop] { stop = 1; }); }},
      {"SIGTERM", [](auto& runner, auto&, auto&, StopLevel& stop,
                     auto&) { at_trial_12(runner, [&stop] { stop = 2; }); }},
      {"second Ctrl-C", [](auto& runner, auto&, auto&, StopLevel& stop,
                           auto&) { at_trial_12(runner, [&stop] { stop = 3; }); }},
      {"time is up",
       [](auto& runner, auto&, fakes::FakeClock& clock, auto&, LoopSettings& loop) {
         loop.time_seconds = 1000;
         at_trial_12(runner, [&clock] { clock.advance_seconds(2000); });
       }},
      {"the tuner's death", [](auto&, fakes::RememberingObserver& observer, auto&, auto&, auto&) {
         observer.then = [](const StudyEvent& event) {
           if (event.trial.number == 12 && event.kind == EventKind::reported) {
             throw std::runtime_error("killed");
           }
         };
       }}};
  const std::string expected = uninterrupted();
  for (const auto& one : interruptions) {
    CAPTURE(one.first);
    fakes::FakeClock clock;
    History interrupted = one_run(fresh(), clock, one.second);
    CHECK(interrupted.trials().size() == 13);
    CHECK(account_of(one_run(std::move(interrupted), clock, nullptr)) == expected);
  }
}

TEST_CASE("a tuner that dies at any event loses nothing") {
  const std::string expected = uninterrupted();
  bool died = true;
  for (std::int64_t last = 0; died; last += 5) {
    CAPTURE(last);
    died = false;
    fakes::FakeClock clock;
    const Interruption death = [last, &died](auto&, auto& observer, auto&, auto&, auto&) {
      observer.then = [last, &died](const StudyEvent& event) {
        if (event.sequence == last) {
          died = true;
          throw std::runtime_error("killed");
        }
      };
    };
    History left = one_run(fresh(), clock, death);
    CHECK(account_of(one_run(std::move(left), clock, nullptr)) == expected);
  }
}

}  // namespace
}  // namespace autoglm
