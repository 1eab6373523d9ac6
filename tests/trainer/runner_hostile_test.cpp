// Programs that misbehave: each ends as an event, nothing of it is left, memory stays bounded.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <filesystem>

#include "tests/trainer/runner_harness.h"

namespace autoglm {
namespace {

using Texts = std::vector<std::string>;

// AddressSanitizer keeps 256 MB of what was freed, and pads what is in use; ThreadSanitizer shadows
// all that is in use.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::int64_t kSanitized = 5;
#else
constexpr std::int64_t kSanitized = 1;
#endif

/// The most memory that this process, which holds the runner, ever had.
std::int64_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

/// Runs a way to misbehave that ends by itself with status 0 after it reported a loss of 1.
void check_that_all_ends_with(const char* way) {
  CAPTURE(way);
  RunnerHarness harness(hostile(way));
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::exited);
  CHECK(story.finished.code == 0);
  CHECK(story.report_texts() == Texts{"0 loss=1"});
  CHECK(harness.survivors().empty());
}

TEST_CASE("a child in a session of its own does not outlive the program") {
  check_that_all_ends_with("leaves_a_session");
}

TEST_CASE("a daemon does not outlive the program") { check_that_all_ends_with("leaves_a_daemon"); }

TEST_CASE("a family of fifty does not outlive the program") {
  check_that_all_ends_with("leaves_fifty");
}

TEST_CASE("a process that is always another one does not outlive the program") {
  RunnerHarness harness(hostile("leaves_a_walker"));
  CHECK(harness.run().finished.ending == Ending::exited);
  CHECK(harness.survivors().empty());
}

TEST_CASE("a child that keeps writing does not outlive the program") {
  RunnerHarness harness(hostile("reports_after_its_end"));
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::exited);
  CHECK(harness.survivors().empty());
  CHECK_FALSE(harness.runner().wait(std::chrono::milliseconds(20)).has_value());
}

TEST_CASE("a program that closes its pipes is still waited for") {
  RunnerHarness harness(hostile("closes_its_pipes"));
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::exited);
  CHECK(story.finished.code == 3);
}

TEST_CASE("a flood of output leaves a log of head and tail, and no trace in memory") {
  const std::int64_t before = peak_memory();
  RunnerHarness harness(hostile("writes_300_mb"));
  CHECK(harness.run().report_texts() == Texts{"0 loss=1"});
  CHECK(peak_memory() - before < kSanitized * 50'000'000);

  const auto log = harness.attempt_folder() / "stdout.log";
  CHECK(std::filesystem::file_size(log) <= std::uintmax_t{64} << 20U);
  const std::string text = file_text(log);
  CHECK(text.starts_with("a line of output that is no report\n"));
  CHECK(text.find("\n[autoglm left out ") == std::size_t{32} << 20U);
  CHECK(text.ends_with("{\"loss\": 1}\n"));
}

TEST_CASE("a line of 100 MB is output, and no trace in memory") {
  const std::int64_t before = peak_memory();
  check_that_all_ends_with("writes_a_long_line");
  CHECK(peak_memory() - before < kSanitized * 50'000'000);
}

TEST_CASE("a program that reports faster than the study judges waits, and memory stays bounded") {
  const std::int64_t before = peak_memory();
  RunnerHarness harness(hostile("reports_without_end"));
  std::int64_t steps = 0;
  const auto story = harness.run({}, [&steps](const Reported& reported) {
    steps += reported.step == steps ? 1 : 0;
    return Action::go_on;
  });
  CHECK(steps == 200'000);
  CHECK(story.finished.ending == Ending::exited);
  CHECK(peak_memory() - before < kSanitized * 150'000'000);  // the story of this test is most of it
}

TEST_CASE("a verdict reaches a program whose reports nobody takes in") {
  RunnerHarness harness(script("while :; do echo '{\"loss\": 1}'; done", R"("grace": "1s")"));
  harness.runner().start({});
  harness.wait_for_report();
  harness.runner().answer(0, 1, Action::stop);
  CHECK(eventually([&harness] { return harness.survivors().empty(); }));
  CHECK(harness.follow().finished.ending == Ending::stopped);
}

TEST_CASE("NaN is reported as it is") {
  RunnerHarness harness(script(R"(echo '{"loss": NaN}')"));
  const auto reports = harness.run().reports();
  REQUIRE(reports.size() == 1);
  CHECK(std::isnan(reports[0].metrics[0].second));
}

TEST_CASE("bytes that are no text are kept in the log and mended in the reason") {
  RunnerHarness harness(
      script(R"(printf '\377\376 {{\n\0'; printf 'bad \303( bytes' >&2; exit 3)"));
  const auto story = harness.run();
  CHECK(story.finished.code == 3);
  CHECK(story.finished.stderr_tail == "bad \xef\xbf\xbd( bytes");
  CHECK(file_text(harness.attempt_folder() / "stdout.log") == std::string("\xff\xfe {\n\0", 6));
}

TEST_CASE("a program that reads its input finds it empty") {
  RunnerHarness harness(script("cat; read line || echo nothing"));
  CHECK(harness.run().finished.code == 0);
  CHECK(file_text(harness.attempt_folder() / "stdout.log") == "nothing\n");
}

TEST_CASE("a program that deletes its directory is heard nevertheless") {
  RunnerHarness harness(script(
      R"(exec 3>> "$AUTOGLM_METRICS"; rm -r "$AUTOGLM_TRIAL_DIR"; echo '{"loss": 1}'
         echo '{"loss": 2}' >&3)"));
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::exited);
  CHECK(story.report_texts() == Texts{"0 loss=1", "1 loss=2"});
}

}  // namespace
}  // namespace autoglm
