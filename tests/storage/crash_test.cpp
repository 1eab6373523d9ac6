// What a writer leaves that is killed, or that has no room to write.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <fstream>

#include "search_space/random.h"
#include "storage/sqlite.h"
#include "tests/storage/child_process.h"
#include "tests/storage/fixtures.h"

using namespace autoglm;
using namespace autoglm::testing;

namespace {

// Goes on with the study for ever: a trial is given out, reports, ends. Says how many are complete.
int tune(const std::string& path, const ChildProcess::Say& say) {
  const auto storage = open_sqlite(path, OpenMode::create);
  const StudyRecord study = storage->find("mnist").value();
  storage->claim(study, {.command = "tune"});
  const std::vector<Trial> before = storage->trials(study);
  const SearchSpace space = example_space();
  auto number = static_cast<std::int64_t>(before.size());
  if (!before.empty() && before.back().state == TrialState::running) {
    number -= 1;
  }
  for (;; ++number) {
    write_trials(*storage, study, space, {running_trial(number)});
    write_trials(*storage, study, space, {complete_trial(number)}, false);
    say(fmt::format("{}", number + 1));
  }
}

void check_integrity(const std::string& path) {
  Connection connection(path, path, SQLITE_OPEN_READWRITE);
  Statement check(connection, "PRAGMA integrity_check");
  REQUIRE(check.with().step());
  CHECK(check.text(0) == "ok");
}

}  // namespace

TEST_CASE("a writer that is killed at any moment loses nothing that it was told is written") {
  constexpr int kKills = 100;
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  open_sqlite(path, OpenMode::create)->create(example_study());
  Rng rng(1, 0);
  for (int i = 0; i < kKills; ++i) {
    ChildProcess writer([&](const auto& say) { return tune(path, say); });
    std::string told = writer.hear();
    REQUIRE_FALSE(told.empty());
    usleep(static_cast<useconds_t>(rng.below(4000)));  // any moment
    writer.kill();
    for (std::string line = writer.hear(); !line.empty(); line = writer.hear()) {
      told = line;
    }
    const auto storage = open_sqlite(path, OpenMode::read_only);
    const std::vector<Trial> trials = storage->trials(storage->find("mnist").value());
    std::size_t complete = 0;
    for (const Trial& trial : trials) {
      if (trial.state == TrialState::complete) {
        ++complete;
        CHECK(trial.values == std::vector{0.25});
        CHECK(trial.reports.size() == 2);
        CHECK(trial.attempts.size() == 1);
        CHECK(trial.user_attrs.size() == 1);
      } else {
        CHECK(trial.state == TrialState::running);
      }
      CHECK(trial.configuration.size() == 6);
    }
    CHECK(complete >= std::stoul(told));
    CHECK(trials.size() - complete <= 1);
  }
  check_integrity(path);
}

TEST_CASE("a study can be read at any moment of its writer coming and going") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  open_sqlite(path, OpenMode::create)->create(example_study());
  ChildProcess writer([&](const auto& /*say*/) {
    const SearchSpace space = example_space();
    for (std::int64_t number = 0; number < 30; ++number) {
      const auto storage = open_sqlite(path, OpenMode::create);
      const StudyRecord study = storage->find("mnist").value();
      storage->trials(study);
      write_trials(*storage, study, space, {complete_trial(number)});
    }
    return 0;
  });
  std::size_t seen = 0;
  while (!writer.has_ended()) {
    const auto storage = open_sqlite(path, OpenMode::read_only);
    const std::size_t now = storage->trials(storage->find("mnist").value()).size();
    REQUIRE(now >= seen);
    seen = now;
  }
  CHECK(writer.wait() == 0);
}

TEST_CASE("a file that may not grow ends in an error, and what was written stays") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  ChildProcess writer([&](const auto& say) {
    const auto storage = open_sqlite(path, OpenMode::create);
    const StudyRecord study = storage->create(example_study());
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 300'000, .rlim_max = 300'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    const SearchSpace space = example_space();
    std::int64_t number = 0;
    say(storage_error([&] {
      for (;; ++number) {
        write_trials(*storage, study, space, {complete_trial(number)});
      }
    }));
    say(fmt::format("{}", number));
    return 0;
  });
  CHECK(writer.hear() == path + ": cannot be read or written; check the disk, then run this again");
  const std::string written = writer.hear();
  CHECK(writer.wait() == 0);
  const auto storage = open_sqlite(path, OpenMode::create);
  CHECK(storage->trials(storage->find("mnist").value()).size() == std::stoul(written));
}

TEST_CASE("a full disk ends in an error, and with room again the same write succeeds") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  constexpr int kNoMount = 77;
  ChildProcess writer([&](const auto& say) {
    if (unshare(CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("none", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
      return kNoMount;
    }
    const auto storage = open_sqlite(path, OpenMode::create);
    const StudyRecord study = storage->create(example_study());
    const SearchSpace space = example_space();
    std::ofstream(folder / "filler") << std::string(2'000'000, 'x');
    std::int64_t number = 0;
    say(storage_error([&] {
      for (;; ++number) {
        write_trials(*storage, study, space, {complete_trial(number)});
      }
    }));
    std::filesystem::remove(folder / "filler");
    write_trials(*storage, study, space, {complete_trial(number)});
    return storage->trials(study).size() == static_cast<std::size_t>(number) + 1 ? 0 : 1;
  });
  const std::string message = writer.hear();
  const int status = writer.wait();
  if (status == kNoMount) {
    MESSAGE("skipped: no right to mount a small disk");
    return;
  }
  CHECK(message == path + ": the disk is full; make room, then run this again");
  CHECK(status == 0);
}

TEST_CASE("a file or folder that may not be written says so") {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  open_sqlite(path, OpenMode::create)->create(example_study());
  SUBCASE("the file") {
    fs::permissions(folder.path(), fs::perms::all);
    fs::permissions(path, fs::perms::owner_read | fs::perms::group_read);
  }
  SUBCASE("the folder") {
    fs::permissions(folder.path(), fs::perms::all & ~fs::perms::group_write);
    fs::permissions(path, fs::perms::all);
  }
  ChildProcess writer([&](const auto& say) {
    if (geteuid() == 0 && setuid(65534) != 0) {
      return 1;
    }
    say(storage_error([&] { open_sqlite(path, OpenMode::create); }));
    return 0;
  });
  CHECK(writer.hear() == path +
                             ": cannot be written; make the file and its folder writable, or "
                             "copy it elsewhere");
}
