// What a study gives out, and when it says that there is no more.
#include "optimizer/study.h"

#include <doctest/doctest.h>

#include <limits>

#include "search_space/random.h"
#include "tests/optimizer/fakes.h"

namespace autoglm {
namespace {

using fakes::at;

/// A study over x in [0, 1] that minimizes `loss`, driven by hand.
struct Driven {
  explicit Driven(std::deque<Decision> decisions, StudySettings settings = {},
                  Objective objective = fakes::minimize("loss"))
      : planner(std::move(decisions)),
        study(settings, History(fakes::unit_space(), std::move(objective)), planner, {&observer},
              clock.clock()) {}

  /// The number of the trial given out; -1: Wait; -2: Done, with its reason in `done`.
  std::int64_t ask() {
    const Study::Answer answer = study.ask();
    if (const auto* const given = std::get_if<Study::Given>(&answer)) {
      return given->trial;
    }
    done = std::holds_alternative<Done>(answer) ? std::get<Done>(answer).reason : "";
    return done.empty() ? -1 : -2;
  }
  void tell(std::int64_t trial, double value) { study.finish(trial, {.values = {{value}}}); }
  const Trial& trial(std::int64_t number) const { return *study.history().find(number); }

  fakes::FakeClock clock;
  fakes::ScriptedPlanner planner;
  fakes::RememberingObserver observer;
  Study study;
  std::string done{};
};

TEST_CASE("a trial that is given out is whole, running, and says by what it was chosen") {
  Driven driven({Start{.configuration = at(0.5), .why = "a guess", .searcher = "script"}},
                {.seed = 7});
  CHECK(driven.ask() == 0);
  const Trial& trial = driven.trial(0);
  CHECK(trial.state == TrialState::running);
  CHECK(configuration_json(trial.configuration) == R"({"x": 0.5})");
  CHECK(trial.why == "a guess");
  CHECK(trial.searcher == "script");
  CHECK(trial.origin == TrialOrigin::searcher);
  CHECK(trial.seed == trial_seed(7, 0, 0));
  CHECK(trial.created > 0);
  CHECK(trial.started > 0);
}

TEST_CASE("every event has the next number, and a choice says which events it saw") {
  Driven driven(fakes::starts(2));
  driven.study.enqueue(at(0.9), TrialOrigin::initial);  // event 0
  driven.ask();                                         // event 1: the enqueued one
  driven.ask();                                         // event 2
  driven.tell(1, 0.5);                                  // event 3
  driven.ask();                                         // event 4
  CHECK(driven.observer.log() == "enqueued 0, asked 0, asked 1, finished 1, asked 2");
  for (std::size_t i = 0; i < driven.observer.events.size(); ++i) {
    CHECK(driven.observer.events[i].sequence == static_cast<std::int64_t>(i));
  }
  CHECK(driven.trial(0).asked_sequence == 0);
  CHECK(driven.trial(1).seen == 2);
  CHECK(driven.trial(1).asked_sequence == 2);
  CHECK(driven.trial(1).finished_sequence == 3);
  CHECK(driven.trial(2).seen == 4);
  CHECK(driven.trial(2).finished_sequence == -1);
}

TEST_CASE("what waits comes first, in the order of its numbers") {
  Driven driven(fakes::starts(1));
  driven.study.enqueue(at(0.9), TrialOrigin::initial);
  driven.study.enqueue(at(0.8), TrialOrigin::enqueued);
  CHECK(driven.ask() == 0);
  CHECK(driven.ask() == 1);
  CHECK(driven.ask() == 2);
  CHECK(driven.trial(1).origin == TrialOrigin::enqueued);
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "space_exhausted");
}

TEST_CASE("every trial counts against max_trials from the moment it is given out") {
  Driven driven(fakes::starts(9), {.max_trials = 3});
  driven.ask();
  driven.study.finish(0, {.state = TrialState::failed, .reason = "no"});
  driven.ask();
  driven.study.finish(1, {.state = TrialState::infeasible, .reason = "no"});
  driven.ask();
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "max_trials");
}

TEST_CASE("abandoned trials do not count") {
  Driven driven(fakes::starts(9), {.max_trials = 1});
  driven.ask();
  driven.study.finish(0, {.state = TrialState::abandoned});
  CHECK(driven.ask() == 1);
  CHECK(driven.ask() == -2);
}

TEST_CASE("enqueued trials count, but those that wait are run beyond the budget") {
  Driven driven(fakes::starts(9), {.max_trials = 1});
  driven.study.enqueue(at(0.9), TrialOrigin::enqueued);
  driven.study.enqueue(at(0.8), TrialOrigin::enqueued);
  CHECK(driven.ask() == 0);
  CHECK(driven.ask() == 1);
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "max_trials");
}

TEST_CASE("the searcher completes what a user gave in part") {
  Driven driven({});
  driven.planner.completion = at(0.25);
  driven.study.enqueue(Configuration(), TrialOrigin::initial);
  CHECK(driven.trial(0).partial);
  CHECK(driven.ask() == 0);
  CHECK_FALSE(driven.trial(0).partial);
  CHECK(configuration_json(driven.trial(0).configuration) == R"({"x": 0.25})");
  CHECK(driven.trial(0).why == "completed");
  CHECK(driven.study.history().was_tried(at(0.25)));
}

TEST_CASE("a partial trial that nothing completes is infeasible, and the next one's turn comes") {
  Driven driven(fakes::starts(1));
  driven.study.enqueue(Configuration(), TrialOrigin::initial);
  CHECK(driven.ask() == 1);
  CHECK(driven.trial(0).state == TrialState::infeasible);
  CHECK(driven.trial(0).reason == "no configuration with these values satisfies the constraints");
}

TEST_CASE("a study ends once its target is reached") {
  Driven driven(fakes::starts(9), {}, Objective({{.name = "loss", .target = 0.1}}));
  driven.ask();
  driven.tell(0, 0.2);
  CHECK(driven.ask() == 1);
  driven.tell(1, 0.1);
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "target");
}

TEST_CASE("a trial that waits is run even after the target was reached") {
  Driven driven(fakes::starts(9), {}, Objective({{.name = "loss", .target = 0.1}}));
  driven.ask();
  driven.tell(0, 0.05);
  driven.study.enqueue(at(0.9), TrialOrigin::enqueued);
  CHECK(driven.ask() == 1);
}

TEST_CASE("failures end a study while trials remain, the waiting ones too") {
  Driven driven(fakes::starts(9), {.max_failures = 1});
  driven.ask();
  driven.study.enqueue(at(0.9), TrialOrigin::enqueued);
  driven.study.finish(0, {.state = TrialState::failed, .reason = "no"});
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "max_failures");
  CHECK(driven.trial(1).state == TrialState::waiting);
}

TEST_CASE("with the budget spent, failures no longer end it") {
  Driven driven(fakes::starts(9), {.max_trials = 3});
  for (int i = 0; i < 3; ++i) {
    driven.ask();
    driven.study.finish(i, {.state = TrialState::failed, .reason = "no"});
  }
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "max_trials");
}

TEST_CASE("with the space exhausted, failures no longer end it") {
  Driven driven(fakes::starts(3));
  for (int i = 0; i < 3; ++i) {
    driven.ask();
    driven.study.finish(i, {.state = TrialState::failed, .reason = "no"});
  }
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "space_exhausted");
}

TEST_CASE("a trial that completes late revokes that ten failed with none complete") {
  Driven driven(fakes::starts(20));
  driven.ask();
  for (int i = 1; i <= 10; ++i) {
    driven.ask();
    driven.study.finish(
        i, {.state = TrialState::failed, .reason = std::string(static_cast<std::size_t>(i), 'x')});
  }
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "max_failures");
  driven.tell(0, 0.5);
  CHECK(driven.ask() == 11);
}

TEST_CASE("a study that was ended gives out nothing, and waiting trials stay waiting") {
  Driven driven(fakes::starts(9));
  driven.study.enqueue(at(0.9), TrialOrigin::enqueued);
  driven.study.end("timeout");
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "timeout");
  CHECK(driven.trial(0).state == TrialState::waiting);
}

TEST_CASE("a configuration that was tried is given out again only on purpose") {
  Driven again({Start{.configuration = at(0.5), .searcher = "gp"},
                Start{.configuration = at(0.5), .searcher = "gp"}});
  again.ask();
  CHECK_THROWS_WITH(again.ask(), R"(gp suggested a configuration that was tried: {"x": 0.5})");
  Driven repeat(
      {Start{.configuration = at(0.5)}, Start{.configuration = at(0.5), .allow_duplicate = true}});
  repeat.ask();
  CHECK(repeat.ask() == 1);
}

TEST_CASE("a suggestion outside the space is an error of the searcher's") {
  Driven driven({Start{.configuration = at(1.5), .searcher = "gp"}});
  CHECK_THROWS_AS(driven.ask(), std::logic_error);
}

TEST_CASE("a trial that another program enqueued is adopted once") {
  Driven driven({});
  driven.study.adopt({.number = 0, .configuration = at(0.5), .origin = TrialOrigin::enqueued});
  driven.study.adopt({.number = 0, .configuration = at(0.75), .origin = TrialOrigin::enqueued});
  CHECK(driven.observer.log() == "enqueued 0");
  CHECK(driven.ask() == 0);
  CHECK(configuration_json(driven.trial(0).configuration) == R"({"x": 0.5})");
}

TEST_CASE("trials given out by ask are external, and running for the budget") {
  Driven driven(fakes::starts(9), {.max_trials = 1, .external = true});
  driven.ask();
  CHECK(driven.trial(0).external);
  CHECK(driven.ask() == -2);
  CHECK(driven.done == "max_trials");
}

TEST_CASE("a told trial has its value, its metrics and its attributes") {
  Driven driven(fakes::starts(1));
  driven.ask();
  driven.study.finish(
      0, {.values = {{0.25}}, .duration_seconds = 3, .user_attrs = {{"note", R"("good")"}}});
  const Trial& trial = driven.trial(0);
  CHECK(trial.state == TrialState::complete);
  CHECK(trial.values == std::vector<double>{0.25});
  CHECK(trial.metrics == MetricValues{{"loss", 0.25}});
  CHECK(duration_seconds(trial) == doctest::Approx(3));
  CHECK(trial.user_attrs.at(0).second == R"("good")");
  CHECK(driven.study.best() == &trial);
}

TEST_CASE("a trial told complete without a value has that of its reports") {
  Driven driven(fakes::starts(2));
  driven.ask();
  driven.study.report(0, 3, {{"loss", 0.75}});
  driven.study.finish(0, {});
  CHECK(driven.trial(0).values == std::vector<double>{0.75});
  driven.ask();
  driven.study.finish(1, {});
  CHECK(driven.trial(1).state == TrialState::failed);
  CHECK(driven.trial(1).reason == R"(no metric "loss" was reported; nothing was)");
}

TEST_CASE("a trial told with a value that is not finite failed") {
  Driven driven(fakes::starts(1));
  driven.ask();
  driven.tell(0, std::numeric_limits<double>::infinity());
  CHECK(driven.trial(0).state == TrialState::failed);
  CHECK(driven.trial(0).reason == "loss is inf: a value must be finite");
  CHECK(driven.trial(0).values.empty());
}

TEST_CASE("a trial told pruned without a value has its last one") {
  Driven driven(fakes::starts(1));
  driven.ask();
  driven.study.report(0, 0, {{"loss", 0.5}});
  driven.study.finish(0, {.state = TrialState::pruned, .reason = "enough"});
  CHECK(driven.trial(0).values == std::vector<double>{0.5});
  CHECK(driven.study.best() == nullptr);
}

TEST_CASE("a finished trial cannot be finished again") {
  Driven driven(fakes::starts(1));
  driven.ask();
  driven.tell(0, 0.5);
  CHECK_THROWS_WITH(driven.tell(0, 0.25), "trial 0 is complete already");
}

TEST_CASE("a trial that was asked for and not told is offered first, as it was") {
  Driven driven(fakes::starts(3));
  driven.ask();
  driven.ask();
  const std::uint64_t seed = driven.trial(0).seed;
  driven.study.report(0, 0, {{"loss", 0.5}});
  driven.study.requeue(0, "not told");
  CHECK(driven.trial(0).state == TrialState::waiting);
  CHECK(driven.trial(0).reason == "not told");
  CHECK(driven.trial(0).reports.empty());
  CHECK(driven.ask() == 0);
  CHECK(driven.trial(0).seed == seed);
  CHECK(configuration_json(driven.trial(0).configuration) == R"({"x": 0.0})");
  CHECK(driven.ask() == 2);
}

}  // namespace
}  // namespace autoglm
