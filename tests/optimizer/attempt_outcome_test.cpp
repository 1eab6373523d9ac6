#include "optimizer/attempt_outcome.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/optimizer/fakes.h"

namespace autoglm {
namespace {

using Next = AttemptOutcome::Next;

Trial trial_with(const MetricValues& metrics) {
  return {.state = TrialState::running, .attempts = {{.number = 1}}, .metrics = metrics};
}

AttemptOutcome outcome_of(const Finished& finished, const Trial& trial = trial_with({{"loss", 1}}),
                          const StudySettings& settings = {}, const Verdict& verdict = {}) {
  return decide(finished, trial, fakes::minimize("loss"), settings, verdict,
                finished.ending == Ending::stopped);
}

/// A trial on its n-th attempt, the others having ended so.
Trial on_attempt(int n, const std::string& earlier) {
  Trial trial = trial_with({});
  trial.attempts.assign(static_cast<std::size_t>(n), {.outcome = earlier});
  trial.attempts.back().outcome.clear();
  return trial;
}

TEST_CASE("a program that ended early may say why in its last line") {
  const AttemptOutcome outcome =
      outcome_of({.code = 0, .stderr_tail = "epoch 7\nended early: a plateau for 3 epochs\n"});
  CHECK(outcome.state == TrialState::complete);
  CHECK(outcome.reason == "a plateau for 3 epochs");
  CHECK(outcome_of({.code = 0, .stderr_tail = "ended early: no\nsaved\n"}).reason.empty());
}

TEST_CASE("exit 0 with the metric completes a trial") {
  const AttemptOutcome outcome = outcome_of({.code = 0});
  CHECK(outcome.next == Next::conclude);
  CHECK(outcome.state == TrialState::complete);
  CHECK(outcome.values == std::vector<double>{1});
  CHECK(outcome.outcome == "exit status 0");
  CHECK(outcome.reason.empty());
}

TEST_CASE("exit 0 without the metric fails, and says what was reported instead") {
  const AttemptOutcome outcome = outcome_of({.code = 0}, trial_with({{"acc", 0.5}, {"los", 1}}));
  CHECK(outcome.state == TrialState::failed);
  CHECK(outcome.reason ==
        R"(no metric "loss" was reported; reported were acc, los; did you mean "los"?)");
  CHECK(outcome_of({.code = 0}, trial_with({})).reason ==
        R"(no metric "loss" was reported; nothing was)");
}

TEST_CASE("a final value that is not finite fails the trial") {
  const AttemptOutcome outcome =
      outcome_of({.code = 0}, trial_with({{"loss", std::numeric_limits<double>::quiet_NaN()}}));
  CHECK(outcome.state == TrialState::failed);
  CHECK(outcome.reason == "loss is nan: a value must be finite");
}

TEST_CASE("the reason of a failure is its status and the last lines of its stderr") {
  CHECK(outcome_of({.code = 1, .stderr_tail = "ValueError: bad lr\n"}).reason ==
        "exit status 1: ValueError: bad lr");
  CHECK(outcome_of({.code = 3}).reason == "exit status 3");
  CHECK(outcome_of({.code = 1, .stderr_tail = "one\n\n  two\r\nthree  \n\nfour\n\n"}).reason ==
        "exit status 1: two | three | four");
  CHECK(outcome_of({.code = 1, .stderr_tail = "10%\r20%\rKilled"}).reason ==
        "exit status 1: Killed");
}

TEST_CASE("a signal is named") {
  CHECK(outcome_of({.ending = Ending::signaled, .code = 11}).reason ==
        "signal 11 (Segmentation fault)");
  CHECK(outcome_of({.ending = Ending::signaled, .code = 9, .stderr_tail = "x\n"}).reason ==
        "signal 9 (Killed): x");
  CHECK(outcome_of({.ending = Ending::signaled, .code = 40}).reason == "signal 40");
}

TEST_CASE("a time-out fails the trial with the limit as the user wrote it") {
  const AttemptOutcome outcome = outcome_of(
      {.ending = Ending::timed_out, .code = -15, .detail = "20m", .stderr_tail = "noise\n"});
  CHECK(outcome.state == TrialState::failed);
  CHECK(outcome.reason == "timeout: longer than 20m");
}

TEST_CASE("a program that cannot start fails the trial with the reason") {
  CHECK(outcome_of(
            {.ending = Ending::not_started, .code = 127, .detail = R"(no such program "trian.py")"})
            .reason == R"(exit status 127: no such program "trian.py")");
  CHECK(outcome_of({.ending = Ending::not_started, .detail = "no directory"}).reason ==
        "no directory");
}

TEST_CASE("64 and 65 say that the parameters are infeasible, and are never repeated") {
  for (const int code : {64, 65}) {
    const AttemptOutcome outcome =
        outcome_of({.code = code, .stderr_tail = "too deep\n"}, on_attempt(1, ""), {.retries = 5});
    CHECK(outcome.next == Next::conclude);
    CHECK(outcome.state == TrialState::infeasible);
    CHECK(outcome.reason == "exit status " + std::to_string(code) + ": too deep");
    CHECK(outcome.likeness.empty());
  }
}

TEST_CASE("a failure is repeated while retries are left") {
  const StudySettings settings{.retries = 1};
  Trial trial = trial_with({});
  CHECK(outcome_of({.code = 1}, trial, settings).next == Next::retry);
  trial.failures = 1;
  CHECK(outcome_of({.code = 1}, trial, settings).next == Next::conclude);
}

TEST_CASE("a failure is not repeated beyond max_attempts") {
  const StudySettings settings{.retries = 100, .max_attempts = 3};
  CHECK(outcome_of({.code = 1}, on_attempt(2, "exit status 1"), settings).next == Next::retry);
  CHECK(outcome_of({.code = 1}, on_attempt(3, "exit status 1"), settings).next == Next::conclude);
}

TEST_CASE("an unasked 75 costs no retry, until max_attempts is reached") {
  const StudySettings settings{.max_attempts = 3};
  CHECK(outcome_of({.code = 75}, on_attempt(2, "exit status 75"), settings).next ==
        Next::try_again);
  const AttemptOutcome last = outcome_of({.code = 75, .stderr_tail = "preempted\n"},
                                         on_attempt(3, "exit status 75"), settings);
  CHECK(last.next == Next::conclude);
  CHECK(last.state == TrialState::failed);
  CHECK(last.reason == "exit status 75: preempted (try again), and max_attempts (3) is reached");
  CHECK(last.likeness.empty());
}

TEST_CASE("attempts that were interrupted, paused or ended well do not count to max_attempts") {
  const StudySettings settings{.retries = 9, .max_attempts = 2, .seeds = 9};
  CHECK(outcome_of({.code = 1}, on_attempt(5, "interrupted"), settings).next == Next::retry);
  CHECK(outcome_of({.code = 1}, on_attempt(5, "paused"), settings).next == Next::retry);
  Trial repeats = on_attempt(5, "exit status 0");
  for (std::size_t i = 0; i < 4; ++i) {
    repeats.attempts[i].values = {1};
  }
  CHECK(outcome_of({.code = 1}, repeats, settings).next == Next::retry);
}

TEST_CASE("of several repeats all but the last lead to the next") {
  Trial trial = trial_with({{"loss", 1}});
  CHECK(outcome_of({.code = 0}, trial, {.seeds = 2}).next == Next::next_repeat);
  trial.attempts.back().repeat = 1;
  CHECK(outcome_of({.code = 0}, trial, {.seeds = 2}).next == Next::conclude);
}

TEST_CASE("a verdict to stop decides, however the program ended") {
  const Verdict stop{.action = Action::stop, .reason = "median: worse"};
  for (const Finished& finished :
       {Finished{.code = 0}, Finished{.code = 1}, Finished{.code = 64}, Finished{.code = 75},
        Finished{.ending = Ending::stopped, .code = -15},
        Finished{.ending = Ending::signaled, .code = 11}}) {
    const AttemptOutcome outcome = outcome_of(finished, trial_with({{"loss", 1}}), {}, stop);
    CHECK(outcome.next == Next::conclude);
    CHECK(outcome.state == TrialState::pruned);
    CHECK(outcome.reason == "median: worse");
  }
}

TEST_CASE("a verdict to pause decides, and 75 says that there is a checkpoint") {
  const Verdict pause{.action = Action::pause, .reason = "rung 3"};
  const auto outcome = [&pause](int code) {
    return outcome_of({.ending = Ending::stopped, .code = code}, trial_with({}), {}, pause);
  };
  CHECK(outcome(75).next == Next::paused);
  CHECK(outcome(75).outcome == "paused");
  CHECK(outcome(0).next == Next::paused);
  CHECK(outcome(0).outcome == "paused without a checkpoint");
  CHECK(outcome(-15).outcome == "paused without a checkpoint");
}

TEST_CASE("what we interrupted goes back to the queue, with its checkpoint if it left one") {
  const AttemptOutcome killed = outcome_of({.ending = Ending::stopped, .code = -9});
  CHECK(killed.next == Next::requeue);
  CHECK(killed.outcome == "interrupted");
  const AttemptOutcome saved = outcome_of({.ending = Ending::stopped, .code = 75});
  CHECK(saved.next == Next::requeue);
  CHECK(saved.outcome == "paused");
}

TEST_CASE("failures are alike by status and last line of stderr, numbers disregarded") {
  const auto likeness = [](int code, const std::string& text) {
    return outcome_of({.code = code, .stderr_tail = text}).likeness;
  };
  CHECK(likeness(1, "epoch 3\nlr -0.5 at 0x7ffe12 is 1e-05\n") ==
        likeness(1, "lr 17 at 0x1 is 2.5E+3"));
  CHECK(likeness(1, "bad lr") != likeness(2, "bad lr"));
  CHECK(likeness(1, "bad lr") != likeness(1, "bad momentum"));
  CHECK(likeness(1, "") == likeness(1, "\n"));
  CHECK_FALSE(likeness(1, "").empty());
}

}  // namespace
}  // namespace autoglm
