// The life of a trial that was given out: attempts, reports, repeats, its end.
#include <doctest/doctest.h>

#include "search_space/random.h"
#include "tests/optimizer/played_study.h"

namespace autoglm {
namespace {

using fakes::Played;

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

TEST_CASE("a repeat that failed is repeated alone, what the others gave stays") {
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

}  // namespace
}  // namespace autoglm
