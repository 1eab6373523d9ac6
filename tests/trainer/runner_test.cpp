// What every attempt owes to the study.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "search_space/value.h"
#include "tests/trainer/runner_harness.h"
#include "trainer/launch/device_error.h"

namespace autoglm {
namespace {

using Texts = std::vector<std::string>;

Configuration example() {
  return Configuration({{"lr", Value(0.001)}, {"name", Value("it's $HOME")}});
}

TEST_CASE("a program that ends well is started, reports and finishes, in this order") {
  RunnerHarness harness(script(R"(echo '{"step": 4, "loss": 0.5}'; echo '{"loss": 0.25}')"));
  const auto story = harness.run({.trial = 7, .attempt = 2});

  REQUIRE(story.events.size() == 4);
  const auto& started = std::get<Started>(story.events[0]);
  CHECK(started.trial == 7);
  CHECK(started.attempt == 2);
  CHECK(started.pid > 1);
  CHECK(started.directory == harness.attempt_folder(7, 2));
  CHECK(story.report_texts() == Texts{"4 loss=0.5", "5 loss=0.25"});
  CHECK(std::holds_alternative<Finished>(story.events[3]));
  CHECK(story.finished.trial == 7);
  CHECK(story.finished.attempt == 2);
  CHECK(story.finished.ending == Ending::exited);
  CHECK(story.finished.code == 0);
  CHECK(story.finished.detail.empty());
  CHECK(story.finished.peak_memory_bytes > 0);
}

TEST_CASE("an exit status and the last lines of stderr come back") {
  RunnerHarness harness(script("echo first >&2; echo 'the reason' >&2; exit 7"));
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::exited);
  CHECK(story.finished.code == 7);
  CHECK(story.finished.stderr_tail == "first\nthe reason");
}

TEST_CASE("a signal that nobody here sent is how a program ended") {
  RunnerHarness harness(hostile("crashes"));
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::signaled);
  CHECK(story.finished.code == SIGABRT);
  CHECK(story.finished.stderr_tail == "about to crash");
}

TEST_CASE("processor time and memory are those of the program and its children") {
  RunnerHarness harness(script("sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done' & wait"));
  const auto story = harness.run();
  CHECK(story.finished.user_seconds > 0.01);
  CHECK(story.finished.system_seconds >= 0);
}

TEST_CASE("each attempt has a directory with its parameters and its output") {
  RunnerHarness harness(script("echo out; echo err >&2; ls -A \"$AUTOGLM_TRIAL_DIR\""));
  harness.run({.trial = 3, .attempt = 2, .configuration = example()});
  const auto folder = harness.attempt_folder(3, 2);
  CHECK(file_text(folder / "stdout.log") ==
        "out\nmetrics.jsonl\nparams.json\nstderr.log\nstdout.log\n");
  CHECK(file_text(folder / "stderr.log") == "err\n");
  CHECK(file_text(folder / "params.json") == "{\"lr\": 0.001, \"name\": \"it's $HOME\"}\n");
}

TEST_CASE("what an earlier tuner left in an attempt's directory is set aside, not mixed or lost") {
  RunnerHarness harness(script("ls -A \"$AUTOGLM_TRIAL_DIR\""));
  for (int tuner = 0; tuner < 3; ++tuner) {
    harness.run();
  }
  const std::string files = "metrics.jsonl\nparams.json\nstderr.log\nstdout.log\n";
  CHECK(file_text(harness.attempt_folder() / "stdout.log") == files);
  CHECK(file_text(harness.attempt_folder().string() + ".old/stdout.log") == files);
  CHECK(file_text(harness.attempt_folder().string() + ".old.2/stdout.log") == files);
}

TEST_CASE("a program gets its arguments as they are and runs in the spec's folder") {
  RunnerHarness harness(R"({"command": ["sh", "-c", "pwd; printf '%s|' \"$@\"", "sh", "{lr}",
                            "{name}", "", "{trial.number} {study.name}"]})");
  harness.run({.trial = 5, .configuration = example()});
  CHECK(file_text(harness.attempt_folder(5) / "stdout.log") ==
        harness.folder().string() + "\n0.001|it's $HOME||5 a study|");
}

TEST_CASE("a program finds autoglm last in its path, and its parameters in its environment") {
  RunnerHarness harness(script(
      "echo \"${PATH##*:}/\" \"${AUTOGLM%runner_test}\"; echo $AUTOGLM_PARAM_LR $AUTOGLM_SEED"));
  harness.run({.seed = 91, .configuration = example()});
  const std::string folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  CHECK(file_text(harness.attempt_folder() / "stdout.log") ==
        fmt::format("{0}/ {0}/\n0.001 91\n", folder));
}

TEST_CASE("a program inherits no descriptor, no signal that is ignored or blocked, no input") {
  const int leaked = ::dup(STDERR_FILENO);  // not close-on-exec
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGUSR1, SIG_IGN);
  {
    RunnerHarness harness(hostile("says_what_it_has"));
    harness.run();
    CHECK(file_text(harness.attempt_folder() / "stdout.log") ==
          "descriptor 0\ndescriptor 1\ndescriptor 2\nstdin 0\nleads its group\n");
  }
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGUSR1, SIG_DFL);
  ::close(leaked);
}

TEST_CASE("a program that is not there is an event with its name") {
  RunnerHarness harness(R"({"command": ["no-such-program"]})");
  const auto story = harness.run();
  REQUIRE(story.events.size() == 2);
  CHECK(std::get<Started>(story.events[0]).pid == 0);
  CHECK(story.finished.ending == Ending::not_started);
  CHECK(story.finished.detail == "no such program \"no-such-program\"");
}

TEST_CASE("a program that cannot be run is an event with the reason") {
  RunnerHarness harness(R"({"command": ["./{name}"]})");
  const auto detail_of = [&harness](const std::string& name) {
    return harness.run({.configuration = Configuration({{"name", Value(name)}})}).finished.detail;
  };
  const auto write = [&harness](const std::string& name, const std::string& text, bool executable) {
    const auto path = harness.folder() / name;
    write_file(path, text);
    std::filesystem::permissions(path, std::filesystem::perms(executable ? 0755 : 0644));
  };
  write("plain", "echo hello\n", false);
  write("no-interpreter", "#!/no/such/interpreter\n", true);
  write("no-first-line", "echo hello\n", true);
  CHECK(detail_of("missing") == "no such program \"./missing\"");
  CHECK(detail_of("plain") == "\"./plain\" cannot be run: Permission denied");
  CHECK(detail_of("no-interpreter") ==
        "\"./no-interpreter\" cannot be run: the interpreter in its first line does not exist");
  CHECK(detail_of("no-first-line") ==
        "\"./no-first-line\" cannot be run: Exec format error; a script's first line must name its "
        "interpreter");
}

TEST_CASE("a working directory that is not there is an event with its name") {
  RunnerHarness harness(R"({"command": ["true"], "cwd": "gone"})");
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::not_started);
  CHECK(story.finished.detail == fmt::format("no such directory {} (\"cwd\")",
                                             json_quoted((harness.folder() / "gone").string())));
}

TEST_CASE("a trial's directory that cannot be made is an event with the reason") {
  RunnerHarness harness(R"({"command": ["true"]})");
  write_file(harness.folder() / "study.trials", "a file\n");
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::not_started);
  CHECK(story.finished.detail ==
        fmt::format("cannot make {}: Not a directory", harness.attempt_folder().string()));
}

TEST_CASE("slots are taken from start until Finished is told") {
  RunnerHarness harness(script("exec sleep 600"), 3);
  CHECK(harness.runner().free_slots() == 3);
  harness.runner().start({.trial = 0});
  harness.runner().start({.trial = 1});
  CHECK(harness.runner().free_slots() == 1);
  harness.runner().stop_all(TrialRunner::Haste::at_once);
  harness.follow();
  CHECK(harness.runner().free_slots() == 2);
  harness.follow();
  CHECK(harness.runner().free_slots() == 3);
}

TEST_CASE("attempts run side by side, each with its own reports and devices") {
  ::setenv("CUDA_VISIBLE_DEVICES", "3,7", 1);
  RunnerHarness harness(
      script("touch here.$AUTOGLM_TRIAL; until [ -e here.0 ] && [ -e here.1 ]; do sleep 0.01; done;"
             "echo \"{\\\"trial\\\": $AUTOGLM_TRIAL}\"; echo $CUDA_VISIBLE_DEVICES",
             R"("gpus": 1)"),
      8);
  ::unsetenv("CUDA_VISIBLE_DEVICES");
  CHECK(harness.runner().free_slots() == 2);
  harness.runner().start({.trial = 0});
  harness.runner().start({.trial = 1});
  auto reports = harness.follow().reports();
  const auto rest = harness.follow().reports();
  reports.insert(reports.end(), rest.begin(), rest.end());
  REQUIRE(reports.size() == 2);
  for (const Reported& reported : reports) {
    CHECK(reported.metrics == MetricValues{{"trial", static_cast<double>(reported.trial)}});
  }
  const std::string devices = file_text(harness.attempt_folder(0) / "stdout.log") +
                              file_text(harness.attempt_folder(1) / "stdout.log");
  CHECK(devices == "{\"trial\": 0}\n3\n{\"trial\": 1}\n7\n");
}

TEST_CASE("gpus that are not there are a device error before anything runs") {
  ::setenv("CUDA_VISIBLE_DEVICES", "", 1);
  CHECK_THROWS_AS(RunnerHarness(R"({"command": ["true"], "gpus": 1})"), DeviceError);
  ::unsetenv("CUDA_VISIBLE_DEVICES");
}

TEST_CASE("a time-out ends the program, whatever it does, and says how long it was") {
  RunnerHarness harness(hostile("ignores_sigterm", R"("timeout": "50ms", "grace": "20ms")"));
  const auto story = harness.run();
  CHECK(story.finished.ending == Ending::timed_out);
  CHECK(story.finished.code == -SIGKILL);
  CHECK(story.finished.detail == "50ms");
  CHECK(harness.survivors().empty());
}

TEST_CASE("a runner that ends takes everything with it") {
  RunnerHarness harness(hostile("ignores_sigterm"), 4);
  for (std::int64_t trial = 0; trial < 4; ++trial) {
    harness.runner().start({.trial = trial});
    harness.wait_for_report();
  }
  CHECK(harness.survivors().size() == 4);
  harness.end_runner();
  CHECK(harness.survivors().empty());
}

TEST_CASE("a guardian program that is none is an error") {
  CHECK_THROWS_WITH_AS(make_command_runner({}, {.guardian_program = "/no/such/program"}),
                       "cannot start the guardian of the trials: No such file or directory",
                       std::system_error);
  CHECK_THROWS_WITH_AS(make_command_runner({}, {.guardian_program = "/bin/true"}),
                       "the guardian of the trials does not answer: Connection timed out",
                       std::system_error);
}

}  // namespace
}  // namespace autoglm
