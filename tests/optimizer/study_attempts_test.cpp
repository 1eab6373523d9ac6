// The life of a trial that was given out: attempts, reports, repeats, pauses, its end.
#include <doctest/doctest.h>

#include "optimizer/attempts.h"
#include "optimizer/study.h"
#include "search_space/random.h"
#include "tests/optimizer/fakes.h"

namespace autoglm {
namespace {

using fakes::at;

/// A study whose programs are played by hand, one at a time.
struct Played {
  explicit Played(StudySettings settings = {}, Objective objective = fakes::minimize("loss"),
                  std::deque<Decision> decisions = fakes::starts(5))
      : planner(std::move(decisions)),
        study(settings, History(fakes::unit_space(), std::move(objective)), planner, {&observer},
              clock.clock()) {}

  RunRequest begin() { return begin(std::get<Study::Given>(study.ask())); }
  RunRequest begin(const Study::Given& given) {
    const RunRequest request = study.begin_attempt(given);
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

  fakes::FakeClock clock;
  fakes::ScriptedPlanner planner;
  fakes::RememberingObserver observer;
  Study study;
};

TEST_CASE("a trial's events, from the question to the end") {
  Played played;
  const RunRequest request = played.begin();
  played.report(0, 0.5);
  CHECK_FALSE(played.end(request, {.user_seconds = 2, .peak_memory_bytes = 3}).has_value());
  CHECK(played.observer.log() == "asked 0, started 0, launched 0, reported 0, finished 0");
  const Attempt& attempt = played.trial().attempts.at(0);
  CHECK(attempt.number == 1);
  CHECK(attempt.pid == 42);
  CHECK(attempt.directory == "/t/1");
  CHECK(attempt.outcome == "exit status 0");
  CHECK(attempt.finished > attempt.started);
  CHECK(attempt.user_seconds == 2);
  CHECK(attempt.peak_memory_bytes == 3);
  CHECK(played.trial().values == std::vector<double>{0.5});
}

TEST_CASE("reports of a step merge metric by metric, and the last value by arrival is kept") {
  Played played;
  played.begin();
  played.study.report(0, 4, {{"loss", 1}, {"acc", 0.5}});
  played.study.report(0, 5, {{"loss", 2}});
  played.study.report(0, 4, {{"loss", 3}, {"lr", 0.1}});
  REQUIRE(played.trial().reports.size() == 2);
  CHECK(played.trial().reports[0].metrics == MetricValues{{"loss", 3}, {"acc", 0.5}, {"lr", 0.1}});
  CHECK(played.trial().metrics == MetricValues{{"loss", 3}, {"acc", 0.5}, {"lr", 0.1}});
  CHECK(played.observer.events.back().report->metrics.size() == 3);
  CHECK(played.observer.events.back().report->sequence == played.observer.events.back().sequence);
}

TEST_CASE("an expression's value is stored with each report as the metric it defines") {
  Played played(
      {},
      Objective({{.name = "score", .value = Expression::parse("f1 - ms", Dialect::arithmetic)}}));
  const RunRequest request = played.begin();
  played.study.report(0, 0, {{"f1", 5}});
  CHECK(played.trial().reports[0].metrics == MetricValues{{"f1", 5}});
  played.study.report(0, 1, {{"ms", 2}, {"score", 999}});
  CHECK(played.trial().reports[1].metrics == MetricValues{{"ms", 2}, {"score", 3}});
  played.study.report(0, 1, {{"ms", 1}});
  CHECK(played.trial().reports[1].metrics == MetricValues{{"ms", 1}, {"score", 4}});
  CHECK(played.trial().metrics == MetricValues{{"f1", 5}, {"ms", 1}, {"score", 4}});
  played.end(request, {});
  CHECK(played.trial().values == std::vector<double>{4});
}

TEST_CASE("observers know of a report before it is judged") {
  Played played;
  std::size_t known = 0;
  played.planner.when_judged = [&](const Trial&, const History&) {
    known = played.observer.events.size();
    return Verdict{};
  };
  played.begin();
  played.report(0, 0.5);
  CHECK(known == 4);  // asked, started, launched, reported
}

TEST_CASE("a retry has the same number, parameters and seed, and its reports begin anew") {
  Played played({.retries = 1});
  const RunRequest first = played.begin();
  played.report(7, 0.5);
  const auto again = played.end(first, {.code = 1});
  REQUIRE(again.has_value());
  CHECK(again->trial == 0);
  CHECK(played.trial().state == TrialState::running);
  CHECK(played.trial().failures == 1);
  CHECK(played.trial().reports.empty());
  CHECK(played.trial().metrics.empty());
  CHECK(played.observer.events.back().kind == EventKind::attempt_ended);

  const RunRequest second = played.begin(*again);
  CHECK(second.attempt == 2);
  CHECK(second.repeat == 0);
  CHECK(second.seed == first.seed);
  CHECK(second.resume_directory.empty());
  CHECK(configuration_key(second.configuration) == configuration_key(first.configuration));
  CHECK_FALSE(played.end(second, {.code = 1}).has_value());
  CHECK(played.trial().state == TrialState::failed);
  CHECK(played.trial().attempts.size() == 2);
  CHECK(played.trial().attempts[0].outcome == "exit status 1");
}

TEST_CASE("an unasked 75 is repeated at no cost of a retry, ten times in all by default") {
  Played played;
  std::optional<Study::Given> again = std::get<Study::Given>(played.study.ask());
  int attempts = 0;
  while (again) {
    ++attempts;
    again = played.end(played.begin(*again), {.code = 75});
  }
  CHECK(attempts == 10);
  CHECK(played.trial().failures == 0);
  CHECK(played.trial().state == TrialState::failed);
}

TEST_CASE("seeds run a configuration several times, each with a seed of its own") {
  Played played({.seed = 9, .seeds = 3});
  std::optional<Study::Given> next = std::get<Study::Given>(played.study.ask());
  std::vector<std::uint64_t> seeds;
  for (int repeat = 0; repeat < 3; ++repeat) {
    REQUIRE(next.has_value());
    const RunRequest request = played.begin(*next);
    CHECK(request.repeat == repeat);
    CHECK(request.seed == trial_seed(9, 0, repeat));
    CHECK(played.trial().reports.empty());
    played.report(0, repeat * repeat);  // 0, 1, 4
    next = played.end(request, {});
  }
  CHECK_FALSE(next.has_value());
  CHECK(played.trial().state == TrialState::complete);
  CHECK(played.trial().values.at(0) == doctest::Approx(5.0 / 3));
  CHECK(played.trial().attempts[2].values == std::vector<double>{4});
}

TEST_CASE("with several objectives each is the mean over the repeats") {
  Played played({.seeds = 2}, Objective({{.name = "loss"}, {.name = "ms"}}));
  const RunRequest first = played.begin();
  played.study.report(0, 0, {{"loss", 1}, {"ms", 10}});
  const RunRequest second = played.begin(played.end(first, {}).value());
  played.study.report(0, 0, {{"loss", 2}, {"ms", 30}});
  played.end(second, {});
  CHECK(played.trial().values == std::vector<double>{1.5, 20});
}

TEST_CASE("a repeat that failed is repeated alone; what the others gave stays") {
  Played played({.retries = 1, .seeds = 2});
  const RunRequest first = played.begin();
  played.report(0, 1);
  const RunRequest second = played.begin(played.end(first, {}).value());
  const RunRequest third = played.begin(played.end(second, {.code = 1}).value());
  CHECK(third.repeat == 1);
  CHECK(third.seed == second.seed);
  played.report(0, 3);
  played.end(third, {});
  CHECK(played.trial().values == std::vector<double>{2});
  CHECK(played.trial().attempts.size() == 3);
}

TEST_CASE("a trial fails if one of its repeats does, and is pruned if one is") {
  Played failing({.seeds = 2});
  const RunRequest first = failing.begin();
  failing.report(0, 1);
  failing.end(failing.begin(failing.end(first, {}).value()), {.code = 1});
  CHECK(failing.trial().state == TrialState::failed);

  Played pruned({.seeds = 3});
  const RunRequest one = pruned.begin();
  pruned.report(0, 1);
  const RunRequest two = pruned.begin(pruned.end(one, {}).value());
  pruned.planner.when_judged = [](const Trial&, const History&) {
    return Verdict{.action = Action::stop, .reason = "bad"};
  };
  pruned.report(0, 8);
  CHECK_FALSE(pruned.end(two, {.ending = Ending::stopped, .code = -15}).has_value());
  CHECK(pruned.trial().state == TrialState::pruned);
  CHECK(pruned.trial().values == std::vector<double>{8});
}

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
