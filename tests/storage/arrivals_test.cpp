// Trials that other programs put into a study while it is tuned.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "storage/sqlite.h"
#include "tests/storage/fixtures.h"

using namespace autoglm;
using namespace autoglm::testing;

namespace {

// A study that is being tuned: two trials run.
struct Tuned {
  TemporaryFolder folder{};
  std::string path = folder / "study.db";
  std::unique_ptr<Storage> storage = open_sqlite(path, OpenMode::create);
  SearchSpace space = example_space();
  StudyRecord study = storage->create(example_study());

  Tuned() { write_trials(*storage, study, space, {running_trial(0), running_trial(1)}); }

  // As Optuna's enqueue_trial and add_trial do.
  void optuna_adds(std::int64_t number, const std::string& state, double lr) const {
    Connection other(path, path, SQLITE_OPEN_READWRITE);
    Transaction transaction(other);
    Statement(other,
              "INSERT INTO trials (number, study_id, state, datetime_start) "
              "VALUES (?, ?, ?, '2026-11-22 06:57:43.123456')")
        .run(number, study.id, state);
    const std::int64_t trial_id = sqlite3_last_insert_rowid(other.get());
    Statement(other,
              "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) "
              "VALUES (?, 'fixed_params', ?)")
        .run(trial_id, fmt::format("{{\"lr\": {}}}", lr));
    Statement(other,
              "INSERT INTO trial_user_attributes (trial_id, \"key\", value_json) "
              "VALUES (?, 'note', '\"mine\"')")
        .run(trial_id);
    transaction.commit();
  }

  // As `autoglm enqueue` does, in a process of its own.
  void autoglm_enqueues(const Trial& trial) const {
    const auto other = open_sqlite(path, OpenMode::read_write);
    other->trials(study);
    write_trials(*other, study, space, {trial});
  }
};

std::string json(const Trial& trial) { return configuration_json(trial.configuration); }

}  // namespace

TEST_CASE("an arrival is told once") {
  const Tuned tuned;
  CHECK(tuned.storage->arrived(tuned.study, 2, {}).empty());
  tuned.optuna_adds(2, "WAITING", 0.25);
  const std::vector<Trial> arrived = tuned.storage->arrived(tuned.study, 2, {});
  REQUIRE(arrived.size() == 1);
  CHECK(arrived[0].number == 2);
  CHECK(arrived[0].origin == TrialOrigin::foreign);
  CHECK(arrived[0].partial);
  CHECK(json(arrived[0]) == R"({"lr": 0.25})");
  CHECK(arrived[0].user_attrs.size() == 1);
  CHECK(tuned.storage->arrived(tuned.study, 3, {}).empty());
}

TEST_CASE("an arrival that is taken in keeps its number") {
  const Tuned tuned;
  tuned.optuna_adds(2, "WAITING", 0.25);
  Trial trial = tuned.storage->arrived(tuned.study, 2, {}).at(0);
  trial.asked_sequence = 5;
  write_trials(*tuned.storage, tuned.study, tuned.space, {trial, running_trial(3)});
  const std::vector<Trial> trials = tuned.storage->trials(tuned.study);
  REQUIRE(trials.size() == 4);
  CHECK(trials[2].origin == TrialOrigin::foreign);
  CHECK(trials[2].asked_sequence == 5);
  CHECK(json(trials[2]) == R"({"lr": 0.25})");
}

TEST_CASE("one who is about to use a number that an arrival took goes first") {
  const Tuned tuned;
  tuned.storage->arrived(tuned.study, 2, {});
  SUBCASE("when Optuna enqueued it") { tuned.optuna_adds(2, "WAITING", 0.25); }
  SUBCASE("when autoglm enqueued it") {
    Trial trial = waiting_trial(2);
    trial.configuration = Configuration({{"lr", 0.25}});
    tuned.autoglm_enqueues(trial);
  }
  write_trials(*tuned.storage, tuned.study, tuned.space, {running_trial(2), running_trial(3)});
  const std::vector<Trial> arrived = tuned.storage->arrived(tuned.study, 4, {});
  REQUIRE(arrived.size() == 1);
  CHECK(arrived[0].number == 4);
  CHECK(arrived[0].state == TrialState::waiting);
  CHECK(json(arrived[0]) == R"({"lr": 0.25})");

  const std::vector<Trial> trials = tuned.storage->trials(tuned.study);
  REQUIRE(trials.size() == 5);
  CHECK(trials[2].configuration.size() == 6);
  CHECK(trials[2].user_attrs.empty());
  CHECK(trials[2].state == TrialState::running);
  CHECK(trials[3].configuration.size() == 6);
}

TEST_CASE("many arrivals stay in their order") {
  const Tuned tuned;
  tuned.storage->arrived(tuned.study, 2, {});
  tuned.optuna_adds(2, "WAITING", 0.25);
  tuned.optuna_adds(3, "WAITING", 0.375);
  tuned.optuna_adds(4, "WAITING", 0.5);
  write_trials(*tuned.storage, tuned.study, tuned.space, {running_trial(2)});
  std::vector<Trial> arrived = tuned.storage->arrived(tuned.study, 3, {});
  REQUIRE(arrived.size() == 3);
  CHECK(json(arrived[0]) == R"({"lr": 0.375})");
  CHECK(json(arrived[1]) == R"({"lr": 0.5})");
  CHECK(json(arrived[2]) == R"({"lr": 0.25})");
}

TEST_CASE("a finished trial that another program added moves behind, too") {
  const Tuned tuned;
  tuned.optuna_adds(2, "COMPLETE", 0.25);
  tuned.optuna_adds(3, "WAITING", 0.5);
  CHECK(tuned.storage->arrived(tuned.study, 2, {}).empty());
  write_trials(*tuned.storage, tuned.study, tuned.space, {running_trial(2)});
  const std::vector<Trial> arrived = tuned.storage->arrived(tuned.study, 3, {});
  REQUIRE(arrived.size() == 1);
  CHECK(arrived[0].number == 3);
  const std::vector<Trial> trials = tuned.storage->trials(tuned.study);
  REQUIRE(trials.size() == 5);
  CHECK(trials[4].state == TrialState::complete);
}

TEST_CASE("a trial that another program runs cannot move") {
  const Tuned tuned;
  tuned.optuna_adds(2, "RUNNING", 0.25);
  const std::string message = storage_error(
      [&] { write_trials(*tuned.storage, tuned.study, tuned.space, {running_trial(2)}); });
  CHECK(message ==
        fmt::format("{}: study \"mnist\": another program began trial 2 meanwhile; while "
                    "autoglm runs a study, others may read and enqueue, not run trials",
                    tuned.path));
}

TEST_CASE("what another program ended stays ended") {
  const Tuned tuned;
  {
    Connection other(tuned.path, tuned.path, SQLITE_OPEN_READWRITE);
    other.execute(
        "UPDATE trials SET state = 'FAIL', datetime_complete = '2026-11-22 07:00:00.000000' "
        "WHERE number = 0");
  }
  write_trials(*tuned.storage, tuned.study, tuned.space, {complete_trial(0)}, false);
  const Trial trial = tuned.storage->trials(tuned.study).at(0);
  CHECK(trial.state == TrialState::failed);
  CHECK(trial.reason == "ended by another program while complete");
  CHECK(trial.values.empty());
}

TEST_CASE("a study that was deleted meanwhile is not written to") {
  const Tuned tuned;
  {
    Connection other(tuned.path, tuned.path, SQLITE_OPEN_READWRITE);
    other.execute("DELETE FROM trials; DELETE FROM study_user_attributes; DELETE FROM studies;");
  }
  const std::string message = storage_error(
      [&] { write_trials(*tuned.storage, tuned.study, tuned.space, {complete_trial(0)}, false); });
  CHECK(message == fmt::format("{}: study \"mnist\" was deleted or renamed by another program; run "
                               "this again",
                               tuned.path));
}
