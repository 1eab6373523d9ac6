// Every way to report, and every way to be told to stop.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>

#include "tests/trainer/runner_harness.h"

namespace autoglm {
namespace {

using Texts = std::vector<std::string>;

/// The shell text that reports as `autoglm log loss=VALUE` does.
std::string log(const std::string& value) {
  return std::filesystem::read_symlink("/proc/self/exe").string() + " log " + value;
}

RunnerHarness::Judge always(Action action) {
  return [action](const Reported&) { return action; };
}

TEST_CASE("metrics are read from stdout, with tags or without, and the rest is output") {
  RunnerHarness harness(script(R"(printf 'hello\n{"loss": 1}\nINFO: {"step": 9, "loss": 2}\n\r
{"loss": true}\n{{"loss": 3\n[x]{"loss": 4}\r\n50%%\r{"loss": 5}\rrest{"loss": 6}\n{"loss": 7}')"));
  CHECK(harness.run().report_texts() ==
        Texts{"0 loss=1", "9 loss=2", "10 loss=4", "11 loss=5", "12 loss=7"});
}

TEST_CASE("a JSON line on stderr is no report") {
  RunnerHarness harness(script(R"(echo '{"loss": 1}' >&2)"));
  CHECK(harness.run().report_texts().empty());
}

TEST_CASE("metrics are read from the file, by whomever and in whatever pieces it is written") {
  RunnerHarness harness(script(
      R"(sh -c 'echo "{\"loss\": 1}" >> "$AUTOGLM_METRICS"'; printf '{"loss"' >> "$AUTOGLM_METRICS";
         printf ': 2}\n{"loss": 3}' >> "$AUTOGLM_METRICS")"));
  CHECK(harness.run().report_texts() == Texts{"0 loss=1", "1 loss=2", "2 loss=3"});
}

TEST_CASE("a report is told while the program runs, whichever way it came") {
  RunnerHarness harness(script(R"(echo '{"a": 1}'; until [ -e a ]; do sleep 0.01; done
                echo '{"b": 1}' >> "$AUTOGLM_METRICS"; until [ -e b ]; do sleep 0.01; done
                echo c = 1 >&2; until [ -e c ]; do sleep 0.01; done)",
                               R"json("capture": ["c = (?P<c>.)"])json"));
  const auto story = harness.run({}, [&harness](const Reported& reported) {
    write_file(harness.folder() / reported.metrics[0].first, "");
    return Action::go_on;
  });
  CHECK(story.report_texts() == Texts{"0 a=1", "0 b=1", "0 c=1"});
}

TEST_CASE("captures are read from stdout and stderr") {
  RunnerHarness harness(
      script("echo 'epoch 3: loss 0.5'; echo 'epoch 4: loss 0.25' >&2; sleep 0",
             R"json("capture": ["epoch (?P<step>\\d+): loss (?P<loss>\\S+)"])json"));
  const Texts texts = harness.run().report_texts();
  CHECK(texts.size() == 2);
  CHECK(std::count(texts.begin(), texts.end(), "3 loss=0.5") == 1);
  CHECK(std::count(texts.begin(), texts.end(), "4 loss=0.25") == 1);
}

TEST_CASE("a metrics file that became shorter is read again from its beginning") {
  RunnerHarness harness(script(
      R"(echo '{"loss": 1.25}' > "$AUTOGLM_METRICS"; until [ -e seen ]; do sleep 0.01; done
         echo '{"loss": 2}' > "$AUTOGLM_METRICS")"));
  const auto story = harness.run({}, [&harness](const Reported&) {
    write_file(harness.folder() / "seen", "");
    return Action::go_on;
  });
  CHECK(story.report_texts() == Texts{"0 loss=1.25", "1 loss=2"});
}

TEST_CASE("a verdict to stop ends the program with SIGTERM") {
  RunnerHarness harness(script(
      R"(trap 'echo stopped; exit 3' TERM; echo '{"loss": 1}'; while :; do sleep 0.01; done)"));
  const auto story = harness.run({}, always(Action::stop));
  CHECK(story.finished.ending == Ending::stopped);
  CHECK(story.finished.code == 3);
  CHECK(file_text(harness.attempt_folder() / "stdout.log") == "{\"loss\": 1}\nstopped\n");
}

TEST_CASE("a program that ignores SIGTERM is killed after the grace period") {
  RunnerHarness harness(hostile("ignores_sigterm", R"("grace": "50ms")"));
  const auto story = harness.run({}, always(Action::stop));
  CHECK(story.finished.ending == Ending::stopped);
  CHECK(story.finished.code == -SIGKILL);
  CHECK(harness.survivors().empty());
}

TEST_CASE("a program that stopped itself hears SIGTERM nevertheless") {
  RunnerHarness harness(hostile("stops_itself"));
  const auto story = harness.run({}, always(Action::stop));
  CHECK(story.finished.ending == Ending::stopped);
  CHECK(story.finished.code == -SIGTERM);
}

TEST_CASE("a pause lets the program write a checkpoint and exit 75") {
  RunnerHarness harness(script(
      R"(trap 'echo "{\"loss\": 2}"; echo saved > "$AUTOGLM_TRIAL_DIR/checkpoint"; exit 75' TERM
         echo '{"loss": 1}'; while :; do sleep 0.01; done)"));
  const auto story = harness.run({}, [](const Reported& reported) {
    return reported.step == 0 ? Action::pause : Action::go_on;
  });
  CHECK(story.finished.ending == Ending::stopped);
  CHECK(story.finished.code == 75);
  CHECK(story.report_texts() == Texts{"0 loss=1", "1 loss=2"});
  CHECK(file_text(harness.attempt_folder() / "checkpoint") == "saved\n");
}

TEST_CASE("a wrapper that dies of SIGTERM leaves its program the grace period") {
  RunnerHarness harness(script(
      R"(sh -c 'trap "sleep 0.1; touch saved; exit 75" TERM; echo "{\"loss\": 1}"
                while :; do sleep 0.01; done'; exit 1)"));
  harness.run({}, always(Action::stop));
  CHECK(std::filesystem::exists(harness.folder() / "saved"));
}

TEST_CASE("stopping all ends attempts with their grace period, or at once") {
  RunnerHarness harness(script(
      R"(trap 'sleep 0.05; exit 75' TERM; echo '{"loss": 1}'; while :; do sleep 0.01; done)"));
  harness.runner().start({});
  harness.wait_for_report();
  harness.runner().stop_all(TrialRunner::Haste::with_grace);
  const Finished gentle = harness.follow().finished;
  CHECK(gentle.ending == Ending::stopped);
  CHECK(gentle.code == 75);

  harness.runner().start({.trial = 1});
  harness.wait_for_report();
  harness.runner().stop_all(TrialRunner::Haste::with_grace);
  harness.runner().stop_all(TrialRunner::Haste::at_once);
  CHECK(harness.follow().finished.ending == Ending::stopped);
}

TEST_CASE("an attempt that has ended ignores verdicts and stops") {
  RunnerHarness harness(script(R"(echo '{"loss": 1}')"));
  harness.runner().start({});
  std::optional<RunnerEvent> event;
  do {
    event = harness.runner().wait(std::chrono::seconds(60));
  } while (event && !std::holds_alternative<Finished>(*event));
  REQUIRE(event.has_value());
  CHECK(std::get<Finished>(*event).ending == Ending::exited);
  harness.runner().answer(0, 1, Action::stop);
  harness.runner().stop_all(TrialRunner::Haste::at_once);
  CHECK(harness.run({.trial = 1}).finished.ending == Ending::exited);
}

TEST_CASE("autoglm log waits for the verdict on its own report") {
  RunnerHarness harness(script(log("1") + "; echo $?; " + log("2") + "; echo $?; exit 4"));
  const auto story = harness.run({}, [](const Reported& reported) {
    return reported.step == 1 ? Action::stop : Action::go_on;
  });
  CHECK(story.report_texts() == Texts{"0 loss=1", "1 loss=2"});
  CHECK(file_text(harness.attempt_folder() / "stdout.log") == "0\n10\n");
  // The verdict reached the program, which ended by itself, unasked by any signal.
  CHECK(story.finished.ending == Ending::stopped);
  CHECK(story.finished.code == 4);
}

TEST_CASE("a program that heard stop from autoglm log and goes on is ended") {
  RunnerHarness harness(script(log("1") + "; echo $?; exec sleep 600"));
  const auto story = harness.run({}, always(Action::stop));
  CHECK(file_text(harness.attempt_folder() / "stdout.log") == "10\n");
  CHECK(story.finished.ending == Ending::stopped);
  CHECK(story.finished.code == -SIGTERM);
}

TEST_CASE("autoglm log goes on where no tuner listens") {
  RunnerHarness harness(script("AUTOGLM_CHANNEL=nobody/0/1 " + log("1") +
                               "; echo $?; unset AUTOGLM_CHANNEL; " + log("2") + "; echo $?"));
  const auto story = harness.run({}, always(Action::go_on));
  CHECK(story.report_texts() == Texts{"0 loss=1", "1 loss=2"});
  CHECK(file_text(harness.attempt_folder() / "stdout.log") == "0\n0\n");
}

TEST_CASE("autoglm log outside a trial, or where it cannot write, says so") {
  RunnerHarness harness(script("(unset AUTOGLM_METRICS; " + log("1") +
                               "; echo $?); AUTOGLM_METRICS=/no/such/file " + log("2") +
                               "; echo $?"));
  const auto story = harness.run();
  CHECK(file_text(harness.attempt_folder() / "stdout.log") == "1\n1\n");
  CHECK(story.finished.stderr_tail ==
        "AUTOGLM_METRICS is not set; `autoglm log` reports from inside a trial\n"
        "AUTOGLM_METRICS /no/such/file: cannot be written: No such file or directory");
}

TEST_CASE("autoglm log begins a new line where another program left one without its end") {
  RunnerHarness harness(
      script(R"(printf '{"loss": 1}' >> "$AUTOGLM_METRICS"; )" + log("nan") + "; " + log("3")));
  const auto reports = harness.run().reports();
  REQUIRE(reports.size() == 3);
  CHECK(reports[0].metrics == MetricValues{{"loss", 1}});
  CHECK(std::isnan(reports[1].metrics[0].second));
  CHECK(reports[2].metrics == MetricValues{{"loss", 3}});
}

TEST_CASE("many processes may log at the same time") {
  RunnerHarness harness(script("for i in 1 2 3 4 5 6 7 8; do " + log("$i") + " & done; wait"));
  const auto reports = harness.run().reports();
  double sum = 0;
  for (const Reported& reported : reports) {
    sum += reported.metrics.at(0).second;
  }
  CHECK(reports.size() == 8);
  CHECK(sum == 36);
}

}  // namespace
}  // namespace autoglm
