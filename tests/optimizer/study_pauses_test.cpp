// What cuts a trial short: verdicts to stop and to pause, interruptions, the tuner's death.
#include <doctest/doctest.h>

#include "optimizer/attempts.h"
#include "tests/optimizer/played_study.h"

namespace autoglm {
namespace {

using fakes::at;
using fakes::Played;

TEST_CASE("after the verdict to stop, reports are ignored and the exit status does not matter") {
  Played played;
  const RunRequest request = played.begin();
  played.planner.when_judged = [](const Trial& trial, const History&) {
    return trial.reports.size() < 2 ? Verdict{}
                                    : Verdict{.action = Action::stop, .reason = "too bad"};
  };
  CHECK(played.report(0, 0.5).action == Action::go_on);
  CHECK(played.report(1, 0.75).action == Action::stop);
  const Verdict late = played.report(2, 0.125);
  CHECK(late.action == Action::stop);
  CHECK(late.reason == "too bad");
  played.end(request, {.code = 0});
  CHECK(played.trial().state == TrialState::pruned);
  CHECK(played.trial().reason == "too bad");
  CHECK(played.trial().values == std::vector<double>{0.75});
  CHECK(played.trial().reports.size() == 2);
}

TEST_CASE("what comes from an earlier attempt or for a finished trial changes nothing") {
  Played played({.retries = 1});
  const RunRequest first = played.begin();
  const RunRequest second = played.begin(played.end(first, {.code = 1}).value());
  CHECK_FALSE(played.end(first, {.code = 0}).has_value());
  CHECK(played.trial().state == TrialState::running);
  played.report(0, 0.5);
  played.end(second, {});
  const std::size_t events = played.observer.events.size();
  CHECK(played.report(1, 0.1).action == Action::go_on);
  CHECK_FALSE(played.end(second, {}).has_value());
  CHECK(played.observer.events.size() == events);
  CHECK(played.trial().values == std::vector<double>{0.5});
}

TEST_CASE("a paused trial keeps its reports and goes on from its checkpoint") {
  Played played({}, fakes::minimize("loss"),
                {Start{.configuration = at(0.5), .until_step = 3}, Continue{.trial = 0}});
  const RunRequest first = played.begin();
  CHECK(first.until_step == 3);
  CHECK(played.report(2, 0.5).action == Action::go_on);
  const Verdict verdict = played.report(3, 0.25);
  CHECK(verdict.action == Action::pause);
  CHECK(verdict.reason == "step 3 is reached");
  played.end(first, {.ending = Ending::stopped, .code = 75});
  CHECK(played.trial().state == TrialState::paused);

  const RunRequest second = played.begin();
  CHECK(second.trial == 0);
  CHECK(second.attempt == 2);
  CHECK(second.resume_directory == "/t/1");
  CHECK_FALSE(second.until_step.has_value());
  CHECK(played.trial().reports.size() == 2);
  played.report(4, 0.125);
  played.end(second, {});
  CHECK(played.trial().state == TrialState::complete);
  CHECK(played.trial().values == std::vector<double>{0.125});
}

TEST_CASE("a program that checkpoints by itself where it was asked to is paused, not repeated") {
  Played played({}, fakes::minimize("loss"), {Start{.configuration = at(0.5), .until_step = 3}});
  CHECK_FALSE(played.end(played.begin(), {.code = 75}).has_value());
  CHECK(played.trial().state == TrialState::paused);
}

TEST_CASE("only a paused trial can be continued") {
  Played played({}, fakes::minimize("loss"),
                {Start{.configuration = at(0.5)}, Continue{.trial = 0}});
  played.begin();
  CHECK_THROWS_WITH(played.study.ask(), "trial 0 is running, so it cannot be continued");
}

TEST_CASE("a clone begins from the checkpoint of another trial") {
  Played played({}, fakes::minimize("loss"),
                {Start{.configuration = at(0.5), .until_step = 1},
                 Start{.configuration = at(0.5), .checkpoint_of = 0, .allow_duplicate = true}});
  played.end(played.begin(), {.code = 75});
  const RunRequest clone = played.begin();
  CHECK(clone.trial == 1);
  CHECK(clone.resume_directory == "/t/1");
}

TEST_CASE("an interrupted trial waits as if it had never begun, at no cost") {
  Played played;
  const RunRequest first = played.begin();
  played.report(0, 0.5);
  CHECK_FALSE(played.end(first, {.ending = Ending::stopped, .code = -15}).has_value());
  CHECK(played.trial().state == TrialState::waiting);
  CHECK(played.trial().reason == "interrupted");
  CHECK(played.trial().reports.empty());
  CHECK(played.trial().failures == 0);
  const RunRequest second = played.begin();
  CHECK(second.trial == 0);
  CHECK(second.attempt == 2);
  CHECK(second.seed == first.seed);
  CHECK(second.resume_directory.empty());
}

TEST_CASE("an interrupted trial that left a checkpoint goes on from it") {
  Played played;
  played.report(0, 0.5);
  const RunRequest first = played.begin();
  played.report(0, 0.5);
  played.end(first, {.ending = Ending::stopped, .code = 75});
  CHECK(played.trial().state == TrialState::waiting);
  CHECK(played.trial().reports.size() == 1);
  CHECK(played.begin().resume_directory == "/t/1");
}

TEST_CASE("the tuner's death takes back what came after the last checkpoint, and no more") {
  Played played;
  const RunRequest first = played.begin();
  played.report(0, 0.5);
  played.end(first, {.ending = Ending::stopped, .code = 75});
  played.begin();
  played.report(1, 0.25);
  played.study.requeue(0, "interrupted");  // as after a kill -9: no Finished came
  CHECK(played.trial().attempts[1].outcome == "interrupted");
  CHECK(played.trial().attempts[1].finished > played.trial().attempts[1].started);
  REQUIRE(played.trial().reports.size() == 1);
  CHECK(played.trial().metrics == MetricValues{{"loss", 0.5}});
  CHECK(played.begin().resume_directory == "/t/1");
}

TEST_CASE("a trial that was paused without a checkpoint begins anew") {
  Played played({}, fakes::minimize("loss"),
                {Start{.configuration = at(0.5), .until_step = 1}, Continue{.trial = 0}});
  const RunRequest first = played.begin();
  played.report(1, 0.5);
  played.end(first, {.ending = Ending::stopped, .code = -15});
  CHECK(played.trial().state == TrialState::paused);
  CHECK(played.trial().reports.size() == 1);
  CHECK(played.begin().resume_directory.empty());
  CHECK(played.trial().reports.empty());
}

// Regression: the file still had what an interrupted attempt reported, and its steps were judged.
TEST_CASE("a study that is loaded knows nothing of what an interrupted attempt reported") {
  History history(fakes::unit_space(), fakes::minimize("loss"));
  history.add({.number = 0,
               .configuration = at(0.5),
               .attempts = {{.number = 1, .started = 5, .outcome = "interrupted"}},
               .reports = {{.step = 3, .metrics = {{"loss", 0.5}}, .time = 6}}});
  fakes::ScriptedPlanner planner({});
  fakes::FakeClock clock;
  const Study study({}, std::move(history), planner, {}, clock.clock());
  CHECK(study.history().find(0)->reports.empty());
}

TEST_CASE("the reports that stand are those of the current attempt and of what it continues") {
  const Trial trial{.attempts = {{.number = 1, .outcome = "paused"},
                                 {.number = 2, .outcome = "interrupted"},
                                 {.number = 3, .repeat = 0}}};
  CHECK(reports_stand(trial, 1));
  CHECK_FALSE(reports_stand(trial, 2));
  CHECK(reports_stand(trial, 3));
  CHECK(reports_stand({}, 0));
}

}  // namespace
}  // namespace autoglm
