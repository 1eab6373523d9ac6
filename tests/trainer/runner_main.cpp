// The test program: also the guardian, a tuner to be killed, and `autoglm log`.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <exception>
#include <string>

#include "tests/trainer/runner_harness.h"
#include "trainer/launch/guardian.h"
#include "trainer/launch/verdict_channel.h"

namespace {

/// Starts the trial and lives until it is killed. Says where the trial runs, once it reports.
int be_a_tuner(const std::string& trial) {
  autoglm::RunnerHarness harness(trial);
  harness.runner().start({});
  harness.wait_for_report();
  std::printf("%s\n", harness.folder().c_str());
  std::fflush(stdout);
  harness.follow();
  return 0;
}

/// As `autoglm log loss=VALUE` answers.
int log_loss(const std::string& value) {
  const auto answer = autoglm::log_metrics({.metrics = {{"loss", std::stod(value)}}});
  return answer == autoglm::LogAnswer::stop ? 10 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  autoglm::run_as_guardian_if_asked(argc, argv);
  const std::string role = argc == 3 ? argv[1] : "";
  try {
    if (role == "tune") {
      return be_a_tuner(argv[2]);
    }
    if (role == "log") {
      return log_loss(argv[2]);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  doctest::Context context(argc, argv);
  return context.run();
}
