// Trials that run elsewhere: given out by `ask`, told by a process beside the study.
#include <doctest/doctest.h>

#include <string>
#include <variant>

#include "optimizer/hindsight.h"
#include "optimizer/study.h"
#include "optimizer/trial_changes.h"
#include "search_space/random.h"
#include "tests/optimizer/fakes.h"

namespace autoglm {
namespace {

using fakes::at;

/// A study over x in [0, 1] that minimizes `loss`, of trials that others run.
struct Elsewhere {
  explicit Elsewhere(StudySettings settings = {.external = true},
                     History history = History(fakes::unit_space(), fakes::minimize("loss")))
      : study(settings, std::move(history), planner, {&observer}, clock.clock()) {}

  const Trial& trial(std::int64_t number) const { return *study.history().find(number); }
  /// The trial as another process finds it, told with this value.
  Trial told(std::int64_t number, double value) const {
    Trial trial = this->trial(number);
    apply_end(settled_end({.values = {{value}}}, trial, study.history().objective()), trial, 5);
    return trial;
  }

  fakes::FakeClock clock;
  fakes::ScriptedPlanner planner{fakes::starts(5)};
  fakes::RememberingObserver observer;
  Study study;
};

/// A trial that was asked for and told while nobody held the study.
Trial told_meanwhile(std::int64_t number, TrialState state, std::int64_t event) {
  Trial trial{.number = number,
              .configuration = at(0.5 + 0.01 * static_cast<double>(number)),
              .state = state,
              .asked_sequence = number};
  trial.values = state == TrialState::complete ? std::vector<double>{0.25} : std::vector<double>();
  trial.reason = state == TrialState::failed ? "boom" : "";
  trial.finished_sequence = event;
  trial.external = true;
  return trial;
}

TEST_CASE("an end that another program told becomes an event, once") {
  Elsewhere elsewhere;
  elsewhere.study.ask();
  elsewhere.study.ask();
  CHECK(elsewhere.study.external_trials() == std::vector<std::int64_t>{0, 1});

  const Trial told = elsewhere.told(1, 0.25);
  CHECK(elsewhere.study.adopt(told) == Study::Adopted::end);
  CHECK(elsewhere.study.adopt(told) == Study::Adopted::nothing);
  CHECK(elsewhere.observer.log() == "asked 0, asked 1, finished 1");
  CHECK(elsewhere.trial(1).finished_sequence == 2);
  CHECK(elsewhere.study.best()->number == 1);
  CHECK(elsewhere.study.external_trials() == std::vector<std::int64_t>{0});
}

TEST_CASE("a trial that still runs elsewhere changes nothing") {
  Elsewhere elsewhere;
  elsewhere.study.ask();
  CHECK(elsewhere.study.adopt(elsewhere.trial(0)) == Study::Adopted::nothing);
  CHECK(elsewhere.observer.log() == "asked 0");
}

TEST_CASE("what was told and enqueued while nobody held the study is taken in, in that order") {
  History history(fakes::unit_space(), fakes::minimize("loss"));
  history.add(told_meanwhile(0, TrialState::complete, 4));
  history.add(told_meanwhile(1, TrialState::failed, 3));
  history.add({.number = 2, .configuration = at(0.75), .origin = TrialOrigin::enqueued});
  history.set_sequence(5);
  Elsewhere elsewhere({.seed = 7, .external = true}, std::move(history));
  elsewhere.study.take_in_meanwhile();
  CHECK(elsewhere.observer.log() == "enqueued 2, finished 1, finished 0");
  CHECK(elsewhere.trial(0).finished_sequence == 4);  // when it was told
  CHECK(elsewhere.trial(2).asked_sequence == 5);
  CHECK(elsewhere.trial(2).seed == trial_seed(7, 2, 0));
  elsewhere.study.take_in_meanwhile();
  CHECK(elsewhere.observer.events.size() == 3);
}

TEST_CASE("failures that were told to other processes count against max_failures") {
  History history(fakes::unit_space(), fakes::minimize("loss"));
  history.add(told_meanwhile(0, TrialState::failed, 2));
  history.add(told_meanwhile(1, TrialState::failed, 3));
  StudySettings settings{
      .max_failures = 3, .stop_when_first_three_fail_alike = false, .external = true};
  std::string reason;  // none: the study goes on
  SUBCASE("too few go on") {}
  SUBCASE("enough end the study") {
    history.add(told_meanwhile(2, TrialState::failed, 4));
    reason = "max_failures";
  }
  Elsewhere elsewhere(settings, std::move(history));
  const auto answer = elsewhere.study.ask();
  const Done* done = std::get_if<Done>(&answer);
  CHECK((done == nullptr ? std::string() : done->reason) == reason);
}

TEST_CASE("a report merges into its step, and expressions are computed") {
  Trial trial;
  const Objective objective = fakes::minimize("loss");
  merge_report(trial, 3, {{"loss", 0.5}, {"acc", 0.25}}, objective, 10);
  const Report& report = merge_report(trial, 3, {{"loss", 0.75}}, objective, 20);
  CHECK(trial.reports.size() == 1);
  CHECK(report.metrics == MetricValues{{"loss", 0.75}, {"acc", 0.25}});
  CHECK(report.time == 20);
  CHECK(trial.metrics == MetricValues{{"loss", 0.75}, {"acc", 0.25}});
}

TEST_CASE("in hindsight nothing is known that came later") {
  History history(fakes::unit_space(), fakes::minimize("loss"));
  Trial judged{.number = 0, .configuration = at(0.1), .state = TrialState::pruned};
  judged.asked_sequence = 0;
  judged.finished_sequence = 9;
  judged.reports = {{.step = 1, .metrics = {{"loss", 1}}, .sequence = 3},
                    {.step = 2, .metrics = {{"loss", 2}}, .sequence = 6},
                    {.step = 3, .metrics = {{"loss", 3}}, .sequence = 8}};
  Trial ended_later{.number = 1, .configuration = at(0.2), .state = TrialState::complete};
  ended_later.asked_sequence = 1;
  ended_later.finished_sequence = 7;
  ended_later.values = {5};
  ended_later.reports = {{.step = 1, .metrics = {{"loss", 5}}, .sequence = 4},
                         {.step = 2, .metrics = {{"loss", 6}}, .sequence = 7}};
  Trial asked_later{.number = 2, .configuration = at(0.3), .state = TrialState::running};
  asked_later.asked_sequence = 7;
  for (const Trial& trial : {judged, ended_later, asked_later}) {
    history.add(trial);
  }

  const History then = history_at_report(0, 6, history);
  CHECK(then.find(0)->state == TrialState::running);
  CHECK(then.find(0)->reports.size() == 2);
  CHECK(then.find(1)->state == TrialState::running);
  CHECK(then.find(1)->values.empty());
  CHECK(then.find(1)->reports.size() == 1);
  CHECK(then.find(2)->state == TrialState::abandoned);
}

}  // namespace
}  // namespace autoglm
