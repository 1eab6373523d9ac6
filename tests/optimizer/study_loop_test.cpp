// The loop of `tune`, with scripted programs.
#include "optimizer/study_loop.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

#include "optimizer/summary.h"
#include "tests/optimizer/fakes.h"

namespace autoglm {
namespace {

using fakes::fails;
using fakes::reports_losses;
using fakes::Script;

struct Tuned {
  Tuned(int slots, fakes::Program program, StudySettings settings = {},
        std::deque<Decision> decisions = fakes::starts(100))
      : planner(std::move(decisions)),
        runner(slots, std::move(program)),
        study(settings, History(fakes::unit_space(), fakes::minimize("loss")), planner, {&observer},
              clock.clock()) {}

  LoopResult run() { return run_study(study, runner, loop, stop); }
  const std::vector<Trial>& trials() const { return study.history().trials(); }
  std::string states() const {
    std::string states;
    for (const Trial& trial : trials()) {
      states += (states.empty() ? "" : " ") + std::string(to_string(trial.state));
    }
    return states;
  }

  fakes::FakeClock clock;
  fakes::ScriptedPlanner planner;
  fakes::RememberingObserver observer;
  fakes::ScriptedRunner runner;
  Study study;
  LoopSettings loop;
  StopLevel stop{0};
};

Script one_loss(const RunRequest& request) {
  return reports_losses({1.0 - static_cast<double>(request.trial) / 10});
}

TEST_CASE("a study runs to its budget") {
  Tuned tuned(1, one_loss, {.max_trials = 3});
  const LoopResult result = tuned.run();
  CHECK(result.end == StudyEnd::spent);
  CHECK(result.reason == "max_trials");
  CHECK(tuned.states() == "complete complete complete");
  CHECK(tuned.study.best()->number == 2);
}

TEST_CASE("as many trials run at once as there are slots, and each is told to the end") {
  Tuned tuned(3, one_loss, {.max_trials = 7});
  int most = 0;
  tuned.loop.tick = [&] { most = std::max(most, 3 - tuned.runner.free_slots()); };
  tuned.run();
  CHECK(most == 3);
  CHECK(count_trials(tuned.trials())[TrialState::complete] == 7);
}

TEST_CASE("every trial given out is durable before its program starts") {
  Tuned tuned(2, one_loss, {.max_trials = 4});
  tuned.runner.before_event = [&](const RunnerEvent& event) {
    if (const auto* const started = std::get_if<Started>(&event)) {
      const History durable =
          tuned.observer.durable_history(fakes::unit_space(), fakes::minimize("loss"));
      const Trial* const trial = durable.find(started->trial);
      REQUIRE(trial != nullptr);
      CHECK(trial->attempts.size() == 1);
    }
  };
  tuned.run();
  CHECK(tuned.runner.starts.size() == 4);
}

TEST_CASE("a stopped trial is pruned, whether its program heard in time or not") {
  for (const bool is_quick : {false, true}) {
    Tuned tuned(1,
                [is_quick](const RunRequest&) {
                  Script script = reports_losses({3, 2, 1});
                  script.is_quick = is_quick;
                  return script;
                },
                {.max_trials = 2});
    tuned.planner.when_judged = [](const Trial& trial, const History&) {
      return trial.number == 1 && trial.reports.size() == 2
                 ? Verdict{.action = Action::stop, .reason = "worse"}
                 : Verdict{};
    };
    tuned.run();
    CHECK(tuned.states() == "complete pruned");
    CHECK(tuned.trials()[1].values == std::vector<double>{2});
    CHECK(tuned.trials()[1].reason == "worse");
  }
}

TEST_CASE("every report is answered once, in its order") {
  Tuned tuned(1, [](const RunRequest&) { return reports_losses({3, 2, 1}); }, {.max_trials = 1});
  tuned.run();
  CHECK(tuned.runner.answers == std::vector<std::pair<std::int64_t, Action>>{
                                    {0, Action::go_on}, {0, Action::go_on}, {0, Action::go_on}});
}

TEST_CASE("a failed attempt is repeated at once, before anything new") {
  Tuned tuned(1,
              [](const RunRequest& request) {
                return request.attempt == 1 ? fails(1, "no") : reports_losses({0.5});
              },
              {.max_trials = 2, .retries = 1});
  tuned.run();
  CHECK(tuned.states() == "complete complete");
  REQUIRE(tuned.runner.starts.size() == 4);
  CHECK(tuned.runner.starts[1].trial == 0);
  CHECK(tuned.runner.starts[1].attempt == 2);
}

TEST_CASE("the first three trials failing alike stop the study with what they wrote") {
  Tuned tuned(1, [](const RunRequest& request) {
    return fails(1, "ValueError: bad lr 0." + std::to_string(request.trial));
  });
  const LoopResult result = tuned.run();
  CHECK(result.end == StudyEnd::failure_limit);
  CHECK(result.reason == "failed_alike");
  CHECK(result.detail ==
        "the first three trials failed alike; trial 2: exit status 1: ValueError: bad lr 0.2");
  CHECK(tuned.trials().size() == 3);
}

TEST_CASE("with the budget spent by three failures the study is spent, not stopped") {
  Tuned tuned(1, [](const RunRequest&) { return fails(1, "no"); }, {.max_trials = 3});
  CHECK(tuned.run().end == StudyEnd::spent);
}

TEST_CASE("trials that are running when the failure limit is reached run to their end") {
  Tuned tuned(
      2,
      [](const RunRequest& request) {
        return request.trial == 0 ? reports_losses({1, 2, 3, 4, 5, 6, 7, 8, 9}) : fails(1, "no");
      },
      {.max_failures = 2});
  const LoopResult result = tuned.run();
  CHECK(result.end == StudyEnd::failure_limit);
  CHECK(tuned.trials()[0].state == TrialState::complete);
  CHECK(tuned.runner.stops.empty());
}

TEST_CASE("the first Ctrl-C starts nothing new and lets the running trials end") {
  Tuned tuned(1, one_loss, {.max_trials = 9});
  tuned.runner.before_event = [&](const RunnerEvent& event) {
    if (const auto* const reported = std::get_if<Reported>(&event)) {
      tuned.stop = reported->trial == 1 ? 1 : 0;
    }
  };
  const LoopResult result = tuned.run();
  CHECK(result.end == StudyEnd::interrupted);
  CHECK(tuned.states() == "complete complete");
  CHECK(tuned.runner.stops.empty());
}

TEST_CASE("a retry that was due at the first Ctrl-C waits for the next run") {
  Tuned tuned(1, [](const RunRequest&) { return fails(1, "no"); }, {.max_trials = 9, .retries = 1});
  tuned.runner.before_event = [&](const RunnerEvent&) { tuned.stop = 1; };
  CHECK(tuned.run().end == StudyEnd::interrupted);
  CHECK(tuned.states() == "waiting");
  CHECK(tuned.trials()[0].failures == 1);
}

TEST_CASE("SIGTERM ends the running trials with grace and puts them back to waiting") {
  Tuned tuned(2,
              [](const RunRequest&) {
                Script script = reports_losses({0.5});
                script.hangs = true;
                return script;
              },
              {.max_trials = 9});
  tuned.runner.when_idle = [&] { tuned.stop = 2; };
  const LoopResult result = tuned.run();
  CHECK(result.end == StudyEnd::interrupted);
  CHECK(tuned.states() == "waiting waiting");
  CHECK(tuned.trials()[0].reason == "interrupted");
  CHECK(tuned.trials()[0].reports.empty());
  CHECK(tuned.runner.stops == std::vector{TrialRunner::Haste::with_grace});
}

TEST_CASE("the second Ctrl-C kills what the first let run") {
  Tuned tuned(1, [](const RunRequest&) { return Script{.hangs = true}; }, {.max_trials = 9});
  tuned.runner.when_idle = [&] { tuned.stop = tuned.stop == 0 ? 1 : 3; };
  CHECK(tuned.run().end == StudyEnd::interrupted);
  CHECK(tuned.states() == "waiting");
  CHECK(tuned.runner.stops == std::vector{TrialRunner::Haste::at_once});
}

TEST_CASE("when the time is up the running trials go back to waiting") {
  Tuned tuned(1,
              [](const RunRequest& request) {
                Script script = one_loss(request);
                script.hangs = request.trial == 1;
                return script;
              },
              {.max_trials = 9});
  tuned.loop.time_seconds = 60;
  tuned.runner.when_idle = [&] {
    tuned.clock.advance_seconds(tuned.runner.starts.size() == 2 ? 61 : 0);
  };
  const LoopResult result = tuned.run();
  CHECK(result.end == StudyEnd::timeout);
  CHECK(result.reason == "timeout");
  CHECK(tuned.states() == "complete waiting");
}

TEST_CASE("what other programs enqueue while the study runs is run, even at its end") {
  Tuned tuned(1, one_loss, {.max_trials = 1});
  int asked = 0;
  tuned.loop.arrivals = [&]() -> std::vector<Trial> {
    if (++asked == 1 || tuned.trials().size() != 1) {
      return {};
    }
    return {{.number = 1, .configuration = fakes::at(0.9), .origin = TrialOrigin::enqueued}};
  };
  CHECK(tuned.run().reason == "max_trials");
  CHECK(tuned.states() == "complete complete");
}

TEST_CASE("a study whose only open trials were given out by ask is finished") {
  Tuned tuned(1, one_loss, {.max_trials = 2}, {});
  tuned.planner.decisions = {Start{.configuration = fakes::at(0.1)}, Wait{}};
  // Given out by hand and never told, as `ask` leaves it.
  tuned.study.ask();
  const LoopResult result = tuned.run();
  CHECK(result.end == StudyEnd::spent);
  CHECK(result.reason == "external");
}

TEST_CASE("a planner that waits while nothing runs is an error, not a wait for ever") {
  Tuned tuned(1, one_loss, {}, {Wait{}});
  CHECK_THROWS_WITH(tuned.run(), "the planner waits, but no trial is running");
}

TEST_CASE("while a trial runs a planner may wait for what it reports") {
  Tuned tuned(2, one_loss, {}, {});
  tuned.planner.decisions = {Start{.configuration = fakes::at(0.1)}, Wait{},
                             Start{.configuration = fakes::at(0.2)}};
  CHECK(tuned.run().reason == "space_exhausted");
  CHECK(tuned.states() == "complete complete");
}

TEST_CASE("a scripted planner pauses, promotes, repeats and clones") {
  Tuned tuned(1,
              [](const RunRequest& request) {
                Script script = request.resume_directory.empty() ? reports_losses({3, 2, 1})
                                                                 : reports_losses({0.5});
                script.code_at_sigterm = 75;
                return script;
              },
              {},
              {Start{.configuration = fakes::at(0.1), .until_step = 1},
               Start{.configuration = fakes::at(0.2), .until_step = 1}, Continue{.trial = 1},
               Start{.configuration = fakes::at(0.2), .allow_duplicate = true},
               Start{.configuration = fakes::at(0.3), .checkpoint_of = 1}});
  CHECK(tuned.run().reason == "space_exhausted");
  CHECK(tuned.states() == "paused complete complete complete");
  REQUIRE(tuned.runner.starts.size() == 5);
  CHECK(tuned.runner.starts[2].trial == 1);
  CHECK(tuned.runner.starts[2].resume_directory == "/trials/1/1");
  CHECK(tuned.runner.starts[4].resume_directory == "/trials/1/2");
  CHECK(tuned.trials()[1].values == std::vector<double>{0.5});
  CHECK(tuned.trials()[2].values == std::vector<double>{1});
}

TEST_CASE("an observer that throws ends the study, after every attempt was ended") {
  Tuned tuned(2, [](const RunRequest&) { return Script{.hangs = true}; });
  tuned.observer.then = [](const StudyEvent& event) {
    if (event.kind == EventKind::launched && event.trial.number == 1) {
      throw std::runtime_error("disk full");
    }
  };
  CHECK_THROWS_WITH(tuned.run(), "disk full");
  CHECK(tuned.runner.free_slots() == 2);
  CHECK(tuned.runner.stops == std::vector{TrialRunner::Haste::at_once});
}

}  // namespace
}  // namespace autoglm
