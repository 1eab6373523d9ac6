// Deaths of those who supervise: whoever dies, the program's descendants die too.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <csignal>
#include <memory>

#include "tests/trainer/runner_harness.h"
#include "trainer/launch/file_descriptor.h"

namespace autoglm {
namespace {

TEST_CASE("a program that kills its keeper has failed, and its children are gone") {
  RunnerHarness harness(hostile("kills_its_keeper"));
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::signaled);
  CHECK(story.finished.code == SIGKILL);
  CHECK(story.finished.detail == "killed together with the process that kept it");
  CHECK(harness.survivors().empty());
  CHECK(harness.runner().free_slots() == 1);
}

TEST_CASE("a program that stops its keeper is ended nevertheless") {
  RunnerHarness harness(hostile("stops_its_keeper", R"("grace": "10ms")"));
  harness.runner().start({});
  REQUIRE(eventually([&harness] { return !harness.survivors().empty(); }));
  harness.runner().stop_all(TrialRunner::Haste::with_grace);
  CHECK(harness.follow().finished.ending == Ending::stopped);
  CHECK(harness.survivors().empty());
}

TEST_CASE("a program that kills the guardian has failed, and another guardian takes over") {
  RunnerHarness harness(hostile("kills_its_guardian"));
  const std::int64_t first = harness.runner().guardian_pid();
  for (std::int64_t trial = 0; trial < 2; ++trial) {
    const auto story = harness.run({.trial = trial});
    CHECK(story.finished.ending == Ending::signaled);
    CHECK(story.finished.detail == "killed together with the guardian of the trials");
    CHECK(eventually([&harness] { return harness.survivors().empty(); }));
  }
  CHECK(harness.runner().guardian_pid() != first);
}

/// This program as a tuner of its own, which runs `trial` until it is killed.
class Tuner {
 public:
  explicit Tuner(const std::string& trial) {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    output_.reset(ends[0]);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      ::execl("/proc/self/exe", "runner_test", "tune", trial.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
  }
  ~Tuner() {
    if (!folder_.empty()) {
      std::filesystem::remove_all(folder_);
    }
  }
  Tuner(const Tuner&) = delete;
  Tuner& operator=(const Tuner&) = delete;

  /// Where its trial runs, once that reports.
  const std::filesystem::path& folder() {
    std::array<char, 4096> line{};
    const ssize_t count = ::read(output_.get(), line.data(), line.size());
    REQUIRE(count > 1);
    folder_ = std::string(line.data(), static_cast<std::size_t>(count) - 1);
    return folder_;
  }
  void kill_it() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = 0;
  FileDescriptor output_{};
  std::filesystem::path folder_{};
};

TEST_CASE("no process of a trial outlives a killed tuner by two seconds") {
  for (const char* way : {"ignores_sigterm", "stops_itself"}) {
    CAPTURE(way);
    Tuner tuner(hostile(way));
    const auto folder = tuner.folder();
    CHECK(trial_processes(folder).size() == 1);
    tuner.kill_it();
    const auto since = std::chrono::steady_clock::now();
    CHECK(eventually([&folder] { return trial_processes(folder).empty(); }));
    CHECK(std::chrono::steady_clock::now() - since < std::chrono::seconds(2));
  }
}

TEST_CASE("families and strangers of a trial do not outlive a killed tuner either") {
  Tuner tuner(script(
      "setsid sh -c 'trap \"\" TERM HUP; sleep 600 & sleep 600 & wait' & "
      "(setsid sleep 600 &) ; sleep 600 & until [ $(pgrep -c -P $$) -ge 2 ]; do sleep 0.01; done;"
      "echo '{\"loss\": 1}'; wait"));
  const auto folder = tuner.folder();
  CHECK(trial_processes(folder).size() >= 4);
  tuner.kill_it();
  CHECK(eventually([&folder] { return trial_processes(folder).empty(); }));
}

}  // namespace
}  // namespace autoglm
