// One process tunes a study at a time.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include "storage/process_identity.h"
#include "storage/sqlite.h"
#include "tests/storage/child_process.h"
#include "tests/storage/fixtures.h"

using namespace autoglm;
using namespace autoglm::testing;

namespace {

struct StudyFile {
  TemporaryFolder folder{};
  std::string path = folder / "study.db";
  StudyRecord study = open_sqlite(path, OpenMode::create)->create(example_study());

  bool claim(const Holder& holder = {.command = "tune"}) const {
    return open_sqlite(path, OpenMode::read_write)->claim(study, holder);
  }
  void sql(const std::string& text) const {
    Connection connection(path, path, SQLITE_OPEN_READWRITE);
    connection.execute(text.c_str());
  }
  /// The whole text up to the time, which is this minute's.
  std::string held_by(const std::string& process) const {
    return fmt::format("{}: study \"mnist\" is being run by {} (tune, since ", path, process);
  }
};

// A process that has claimed the study and runs on.
int hold(const StudyFile& file, const Holder& holder, const ChildProcess::Say& say) {
  const auto storage = open_sqlite(file.path, OpenMode::read_write);
  storage->claim(file.study, holder);
  say("held");
  return wait_forever();
}

}  // namespace

TEST_CASE("a study that a live process runs is refused by the name of that process") {
  const StudyFile file;
  ChildProcess holder([&](const auto& say) { return hold(file, {.command = "tune"}, say); });
  REQUIRE(holder.hear() == "held");

  const std::string message = storage_error([&] { file.claim(); });
  CHECK(message.starts_with(file.held_by(fmt::format("process {}", holder.pid()))));
  CHECK(message.ends_with(" UTC); stop it, or give this run another --study"));
  CHECK_THROWS_AS(file.claim(), StudyHeldError);
  const auto reader = open_sqlite(file.path, OpenMode::read_only);
  CHECK(reader->holder_of(file.study)
            .value()
            .starts_with(fmt::format("process {} (tune, since ", holder.pid())));
}

TEST_CASE("the study of a dead process is taken over at once") {
  const StudyFile file;
  ChildProcess holder([&](const auto& say) { return hold(file, {.command = "tune"}, say); });
  REQUIRE(holder.hear() == "held");
  holder.kill();
  CHECK_FALSE(open_sqlite(file.path, OpenMode::read_only)->holder_of(file.study));
  CHECK(file.claim());
}

TEST_CASE("a study that was released is free, and nobody has died") {
  const StudyFile file;
  ChildProcess holder([&](const auto& say) {
    const auto storage = open_sqlite(file.path, OpenMode::read_write);
    storage->claim(file.study, {.command = "tune"});
    storage->release(file.study);
    say("released");
    return wait_forever();
  });
  REQUIRE(holder.hear() == "released");
  CHECK_FALSE(file.claim());
}

TEST_CASE("claiming again tells more about the same holder") {
  const StudyFile file;
  const auto storage = open_sqlite(file.path, OpenMode::read_write);
  CHECK_FALSE(storage->claim(file.study, {.command = "tune"}));
  CHECK_FALSE(storage->claim(file.study, {.guardian_pid = getppid(), .command = "tune"}));
  CHECK(storage->holder_of(file.study)
            .value()
            .starts_with(fmt::format("process {} (tune, since ", getpid())));
}

TEST_CASE("a process that got a dead holder's number is not taken for it") {
  const StudyFile file;
  ChildProcess holder([&](const auto& say) { return hold(file, {.command = "tune"}, say); });
  REQUIRE(holder.hear() == "held");
  holder.kill();
  file.sql(fmt::format("UPDATE autoglm_claim SET pid = {}", getppid()));
  CHECK(file.claim());
}

TEST_CASE("a live holder whose number means nothing here, as in another container, is live") {
  const StudyFile file;
  ChildProcess holder([&](const auto& say) { return hold(file, {.command = "tune"}, say); });
  REQUIRE(holder.hear() == "held");
  file.sql("UPDATE autoglm_claim SET pid = 4194305, host = 'container'");  // no number is as high
  const std::string message = storage_error([&] { file.claim(); });
  CHECK(message.starts_with(file.held_by("process 4194305")));
  holder.kill();
  CHECK(file.claim());
}

TEST_CASE("no holder outlives a restart of its machine") {
  const StudyFile file;
  ChildProcess holder([&](const auto& say) { return hold(file, {.command = "tune"}, say); });
  REQUIRE(holder.hear() == "held");
  file.sql("UPDATE autoglm_claim SET boot_id = 'before'");
  CHECK(file.claim());
}

TEST_CASE("a holder on another machine counts as live, and the way out is named") {
  const StudyFile file;
  file.claim();
  file.sql("UPDATE autoglm_claim SET boot_id = 'another', host = 'node7'");
  const std::string message = storage_error([&] { file.claim(); });
  CHECK(message.starts_with(file.held_by(fmt::format("process {} on node7", getpid()))));
  CHECK(
      message.ends_with(fmt::format(" UTC); if that machine is gone for good: sqlite3 {} "
                                    "'DELETE FROM autoglm_claim'",
                                    file.path)));
  file.sql("DELETE FROM autoglm_claim");
  CHECK_FALSE(file.claim());
}

TEST_CASE("who takes over waits for the guardian that ends the dead one's trials") {
  const StudyFile file;
  ChildProcess guardian([](const auto& say) {
    say("guarding");
    usleep(300'000);  // its work
    return 0;
  });
  REQUIRE(guardian.hear() == "guarding");
  ChildProcess holder([&](const auto& say) {
    return hold(file, {.guardian_pid = guardian.pid(), .command = "tune"}, say);
  });
  REQUIRE(holder.hear() == "held");
  holder.kill();
  CHECK(file.claim());
  CHECK_FALSE(process_start_time(guardian.pid()));
}

TEST_CASE("of many processes that claim a study at one moment one gets it") {
  constexpr int kProcesses = 8;
  const StudyFile file;
  for (const bool after_a_death : {false, true}) {
    if (after_a_death) {
      ChildProcess dead([&](const auto& say) { return hold(file, {.command = "tune"}, say); });
      REQUIRE(dead.hear() == "held");
    }
    std::vector<std::unique_ptr<ChildProcess>> processes;
    processes.reserve(kProcesses);
    for (int i = 0; i < kProcesses; ++i) {
      processes.push_back(std::make_unique<ChildProcess>([&](const auto& say) {
        const auto storage = open_sqlite(file.path, OpenMode::read_write);
        try {
          storage->claim(file.study, {.command = "tune"});
          say("won");
        } catch (const StudyHeldError&) {
          say("lost");
        }
        return wait_forever();
      }));
    }
    int winners = 0;
    for (const auto& process : processes) {
      const std::string outcome = process->hear();
      CHECK((outcome == "won" || outcome == "lost"));
      winners += outcome == "won" ? 1 : 0;
    }
    CHECK(winners == 1);
    processes.clear();
    CHECK(file.claim());
    file.sql("DELETE FROM autoglm_claim");
  }
}

TEST_CASE("a file whose last holder died is checked before it is used") {
  const StudyFile file;
  {
    const auto storage = open_sqlite(file.path, OpenMode::read_write);
    for (std::int64_t number = 0; number < 40; ++number) {
      write_trials(*storage, file.study, example_space(), {complete_trial(number)});
    }
    storage->claim(file.study, {.command = "tune"});
  }
  file.sql("UPDATE autoglm_claim SET start_time = 1");
  file.sql(
      "PRAGMA writable_schema = ON;"
      "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master "
      "WHERE name = 'trial_values') WHERE name = 'trial_heartbeats'");
  const std::string message = storage_error([&] { file.claim(); });
  CHECK(message.starts_with(fmt::format("{}: is damaged (", file.path)));
  CHECK(message.ends_with(
      "); go back to a copy, or save what can be read with \"sqlite3 FILE .recover\""));
}
