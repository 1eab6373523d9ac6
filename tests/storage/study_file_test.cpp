// What may be opened, what is refused and how, and what is left behind.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "storage/network_file_system.h"
#include "tests/storage/fixtures.h"

using namespace autoglm;
using namespace autoglm::testing;

namespace {

namespace fs = std::filesystem;

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs SQL as any other program would.
void run_sql(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

std::string open_error(const std::string& path, OpenMode mode) {
  return storage_error([&] { open_sqlite(path, mode); });
}

void make_study_file(const std::string& path, std::int64_t trials = 1) {
  const auto storage = open_sqlite(path, OpenMode::create);
  const StudyRecord study = storage->create(example_study());
  for (std::int64_t number = 0; number < trials; ++number) {
    write_trials(*storage, study, example_space(), {complete_trial(number)});
  }
}

// A study file as a writer leaves it that is killed: with a -wal that holds all of it.
void make_interrupted_file(const TemporaryFolder& folder, const std::string& name) {
  const std::string busy = folder / "busy.db";
  const auto storage = open_sqlite(busy, OpenMode::create);
  const StudyRecord study = storage->create(example_study());
  write_trials(*storage, study, example_space(), {complete_trial(0)});
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::copy_file(busy + suffix, folder / (name + suffix));
  }
}

// A study file as the first autoglm wrote it.
void make_older_file(const std::string& path) {
  make_study_file(path);
  run_sql(path,
          "ALTER TABLE autoglm_study DROP COLUMN numerics;"
          "ALTER TABLE autoglm_study DROP COLUMN shard;"
          "ALTER TABLE autoglm_study DROP COLUMN merged;"
          "ALTER TABLE autoglm_study DROP COLUMN folder;"
          "ALTER TABLE autoglm_trial DROP COLUMN chosen_with;"
          "DROP TABLE autoglm_lease");
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

std::size_t trials_read(const std::string& path) {
  const auto storage = open_sqlite(path, OpenMode::read_only);
  return storage->trials(storage->find("mnist").value()).size();
}

}  // namespace

TEST_CASE("an empty file becomes a study") {
  const TemporaryFolder folder;
  write_text(folder / "a.db", "");
  make_study_file(folder / "a.db");
  CHECK(trials_read(folder / "a.db") == 1);
}

TEST_CASE("a missing folder is not made") {
  const TemporaryFolder folder;
  const std::string path = folder / "no/study.db";
  CHECK(open_error(path, OpenMode::create) ==
        fmt::format("{0}: there is no folder \"{1}\"; make it (mkdir -p {1}), or give another "
                    "--study",
                    path, folder / "no"));
  CHECK(names_in(folder.path()).empty());
}

TEST_CASE("a missing file is made by nobody who did not ask for it") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  const std::string message =
      fmt::format("{}: there is no such file; see that the name is right", path);
  CHECK(open_error(path, OpenMode::read_only) == message);
  CHECK(open_error(path, OpenMode::read_write) == message);
  CHECK(names_in(folder.path()).empty());
}

TEST_CASE("what is no database is refused and left as it was") {
  const TemporaryFolder folder;
  const std::string path = folder / "notes.txt";
  const std::string text = "these are my notes, and there are more than a few of them\n";
  write_text(path, text);
  for (const OpenMode mode : {OpenMode::read_only, OpenMode::read_write, OpenMode::create}) {
    CHECK(open_error(path, mode) ==
          fmt::format("{}: is not a study: not an SQLite database; give another file", path));
  }
  CHECK(read_text(path) == text);
  CHECK(open_error(folder.path().string(), OpenMode::create) ==
        fmt::format("{}: is a folder; give the name of a file in it", folder.path().string()));
}

TEST_CASE("an empty file is no study to a reader") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.db";
  write_text(path, "");
  CHECK(open_error(path, OpenMode::read_only) ==
        fmt::format("{}: is not a study: the file is empty; see that the name is right", path));
}

TEST_CASE("a database with other tables is refused, never added to") {
  const TemporaryFolder folder;
  const std::string path = folder / "app.db";
  run_sql(path, "CREATE TABLE users (id); CREATE TABLE notes (id); CREATE TABLE studies (id);");
  const std::string before = read_text(path);
  for (const OpenMode mode : {OpenMode::read_only, OpenMode::read_write, OpenMode::create}) {
    CHECK(open_error(path, mode) ==
          fmt::format("{}: is not a study: a database with other tables (\"notes\", \"studies\", "
                      "\"users\"); give another file",
                      path));
  }
  CHECK(read_text(path) == before);
  CHECK(names_in(folder.path()) == std::set<std::string>{"app.db"});
}

TEST_CASE("another version of Optuna's schema is refused with the way out") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  make_study_file(path);
  run_sql(path, "UPDATE alembic_version SET version_num = 'v3.0.0.d'");
  CHECK(open_error(path, OpenMode::read_only) ==
        fmt::format("{0}: has Optuna's schema v3.0.0.d, not v3.2.0.a; \"autoglm import {0}\" makes "
                    "a study of it",
                    path));
  run_sql(path, "UPDATE alembic_version SET version_num = 'v2.4.0.a'");
  CHECK(open_error(path, OpenMode::read_only) ==
        fmt::format("{0}: has Optuna's schema v2.4.0.a, not v3.2.0.a; make a copy, then run "
                    "\"optuna storage upgrade --storage sqlite:///{0}\" of Optuna 3.2 to 5.0",
                    path));
  run_sql(path, "UPDATE alembic_version SET version_num = 'v9'");
  CHECK(open_error(path, OpenMode::create) ==
        fmt::format("{}: has Optuna's schema v9, which this autoglm does not know; it takes "
                    "v3.2.0.a (Optuna 3.2 to 5.0)",
                    path));
  run_sql(path, "DELETE FROM alembic_version");
  CHECK(open_error(path, OpenMode::read_write) ==
        fmt::format("{0}: has Optuna's tables without a version; open it with Optuna once (optuna "
                    "studies --storage sqlite:///{0}), then run this again",
                    path));
}

TEST_CASE("a study of a newer autoglm is refused") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  make_study_file(path);
  run_sql(path, "UPDATE autoglm_meta SET value = 2 WHERE name = 'version'");
  CHECK(open_error(path, OpenMode::read_write) ==
        fmt::format("{}: was written by a newer autoglm; use that one", path));
}

// Regression: a file made before there was a numerics path could neither be reported nor gone on
// with: "no such column: numerics".
TEST_CASE("a file of an autoglm that had fewer columns is read as it is") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  make_older_file(path);
  const std::string before = read_text(path);
  const auto storage = open_sqlite(path, OpenMode::read_only);
  const StudyRecord study = storage->find("mnist").value();
  CHECK(study.seed == example_study().seed);
  CHECK(study.numerics.empty());
  CHECK(storage->trials(study).at(0).why == complete_trial(0).why);
  CHECK(read_text(path) == before);
}

TEST_CASE("who goes on with a file that had fewer columns adds them and keeps the rest") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  make_older_file(path);
  {
    const auto storage = open_sqlite(path, OpenMode::read_write);
    StudyRecord study = storage->find("mnist").value();
    CHECK(study.numerics.empty());
    study.numerics = "v3";
    storage->update(study);
    write_trials(*storage, study, example_space(), {complete_trial(1)});
  }
  const auto storage = open_sqlite(path, OpenMode::read_only);
  const StudyRecord study = storage->find("mnist").value();
  CHECK(study.numerics == "v3");
  CHECK(study.seed == example_study().seed);
  const std::vector<Trial> trials = storage->trials(study);
  REQUIRE(trials.size() == 2);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial whole = complete_trial(static_cast<std::int64_t>(i));
    CHECK(configuration_json(trials[i].configuration) == configuration_json(whole.configuration));
    CHECK(trials[i].values == whole.values);
    CHECK(trials[i].seen == whole.seen);
  }
}

TEST_CASE("columns that others added are tolerated") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  make_study_file(path);
  run_sql(path,
          "ALTER TABLE trials ADD COLUMN discarded_at DATETIME;"
          "ALTER TABLE studies ADD COLUMN note TEXT;"
          "ALTER TABLE trial_params ADD COLUMN note TEXT;");
  {
    const auto storage = open_sqlite(path, OpenMode::create);
    write_trials(*storage, storage->find("mnist").value(), example_space(), {complete_trial(1)});
  }
  CHECK(trials_read(path) == 2);
}

TEST_CASE("a closed study is a single file in the mode that every program reads") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  {
    const auto storage = open_sqlite(path, OpenMode::create);
    storage->create(example_study());
    CHECK(names_in(folder.path()) ==
          std::set<std::string>{"study.db", "study.db-shm", "study.db-wal"});
    storage->close();
    storage->close();
  }
  CHECK(names_in(folder.path()) == std::set<std::string>{"study.db"});
  // Bytes 18 and 19 of the header: 1 is a rollback journal, 2 is WAL.
  CHECK(read_text(path).substr(18, 2) == "\x01\x01");
}

TEST_CASE("a reader changes nothing, not even beside the file") {
  const TemporaryFolder folder;
  const TemporaryFolder place;
  const std::string path = place / "study.db";
  make_interrupted_file(folder, "left.db");

  SUBCASE("of a study that was closed") { make_study_file(path); }
  SUBCASE("of one whose writer was killed") {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      fs::copy_file(folder / (std::string("left.db") + suffix), path + suffix);
    }
  }
  SUBCASE("of one whose writer was killed, copied without its -shm") {
    for (const char* suffix : {"", "-wal"}) {
      fs::copy_file(folder / (std::string("left.db") + suffix), path + suffix);
    }
  }
  SUBCASE("of one in WAL mode without a -wal") {
    make_study_file(path);
    run_sql(path, "PRAGMA journal_mode = WAL");
  }
  std::set<std::string> names = names_in(place.path());
  std::string before;
  for (const std::string& name : names) {
    before += read_text(place / name);
  }
  CHECK(trials_read(path) == 1);
  CHECK(names_in(place.path()) == names);
  std::string after;
  for (const std::string& name : names) {
    after += read_text(place / name);
  }
  CHECK(after == before);
}

TEST_CASE("a link to a study is the study") {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  make_interrupted_file(folder, "study.db");
  const std::string link = elsewhere / "link.db";
  fs::create_symlink(folder / "study.db", link);
  CHECK(trials_read(link) == 1);
  make_study_file(elsewhere / "study.db");
  CHECK(names_in(elsewhere.path()) == std::set<std::string>{"link.db", "study.db"});
}

TEST_CASE("the file system of a path is that of the nearest mount above it") {
  const std::string table =
      "/dev/vda / ext4 rw 0 0\n"
      "me@host:/data /home/me/data fuse.sshfs rw 0 0\n"
      "/dev/vdb /home/me/data/disk ext4 rw 0 0\n"
      "over /home/me/data/disk fuse.fuse-overlayfs rw 0 0\n";
  CHECK(mount_type(table, "/home/me/study.db") == "ext4");
  CHECK(mount_type(table, "/home/me/data/study.db") == "fuse.sshfs");
  CHECK(mount_type(table, "/home/me/data") == "fuse.sshfs");
  CHECK(mount_type(table, "/home/me/database/study.db") == "ext4");
  CHECK(mount_type(table, "/home/me/data/disk/study.db") == "fuse.fuse-overlayfs");
  CHECK(mount_type("", "/home") == "");
  CHECK(network_file_system("/proc").empty());
}

TEST_CASE("a study can be read while it is written") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  const auto storage = open_sqlite(path, OpenMode::create);
  const StudyRecord study = storage->create(example_study());
  write_trials(*storage, study, example_space(), {complete_trial(0)});
  const auto reader = open_sqlite(path, OpenMode::read_only);
  CHECK(reader->trials(study).size() == 1);
  write_trials(*storage, study, example_space(), {complete_trial(1)});
  CHECK(reader->trials(study).size() == 2);
}

TEST_CASE("names that mean something in an address are names") {
  const TemporaryFolder folder;
  const std::string path = folder / "50% ?mode=ro#1 ä.db";
  make_study_file(path);
  CHECK(names_in(folder.path()) == std::set<std::string>{"50% ?mode=ro#1 ä.db"});
  CHECK(trials_read(path) == 1);
}

TEST_CASE("a truncated file is refused as damaged") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  make_study_file(path, 50);
  fs::resize_file(path, fs::file_size(path) / 2);
  const std::string message = storage_error([&] { trials_read(path); });
  CHECK(message ==
        fmt::format("{}: is damaged (database disk image is malformed); go back to a copy, or save "
                    "what can be read with \"sqlite3 FILE .recover\"",
                    path));
}

TEST_CASE("a page of garbage is refused as damaged") {
  const TemporaryFolder folder;
  const std::string path = folder / "study.db";
  make_study_file(path, 50);
  const std::string whole = read_text(path);
  constexpr std::size_t kPage = 4096;
  int refused = 0;
  for (std::size_t page = 1; page < whole.size() / kPage; ++page) {
    std::string damaged = whole;
    damaged.replace(page * kPage, kPage, std::string(kPage, '\x5a'));
    write_text(path, damaged);
    // Never a crash; what does not need the page does not mind it.
    const std::string message = storage_error([&] { trials_read(path); });
    CHECK((message.empty() || message.find(": is damaged (") != std::string::npos));
    refused += message.empty() ? 0 : 1;
  }
  CHECK(refused > 5);
}
