// Storage in a file of SQLite.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "storage/claim.h"
#include "storage/database_file.h"
#include "storage/optuna_schema.h"
#include "storage/side_tables.h"
#include "storage/sqlite.h"
#include "storage/storage.h"
#include "storage/study_rows.h"
#include "storage/trial_reading.h"
#include "storage/trial_writing.h"

namespace autoglm {
namespace {

class SqliteStorage : public Storage {
 public:
  SqliteStorage(const std::string& path, OpenMode mode);
  ~SqliteStorage() override;

  std::vector<StudyRecord> studies() override;
  std::optional<StudyRecord> find(const std::string& name) override;
  StudyRecord create(StudyRecord record) override;
  StudyRecord update(StudyRecord record) override;
  std::vector<Trial> trials(const StudyRecord& study) override;
  bool claim(const StudyRecord& study, const Holder& holder) override;
  void release(const StudyRecord& study) override;
  std::optional<std::string> holder_of(const StudyRecord& study) override;
  void write(const StudyRecord& study, const SearchSpace& space, std::span<const TrialWrite> writes,
             std::int64_t sequence) override;
  std::vector<Trial> arrived(const StudyRecord& study, std::int64_t first,
                             std::span<const std::int64_t> watched) override;
  bool may_have_arrived() override { return data_version() != seen_version_; }
  std::optional<Trial> find_trial(const StudyRecord& study, std::int64_t number) override;
  std::int64_t append(const StudyRecord& study, Trial trial) override;
  std::optional<Trial> revise(const StudyRecord& study, std::int64_t number,
                              const Revision& revision) override;
  void lend(const StudyRecord& study, std::span<const std::int64_t> trials, TimeNs until) override;
  std::vector<std::int64_t> overdue(const StudyRecord& study, TimeNs now) override;
  void take_turn() override { claim_lock().take_turn(); }
  void end_turn() override { claim_lock().end_turn(); }
  void close() override;

 private:
  void prepare_for_writing(OpenMode mode);
  Connection& connection();
  ClaimLock& claim_lock();
  Claims claims() { return {connection(), claim_lock()}; }
  std::optional<Trial> read_trial(const StudyRecord& study, std::int64_t number);
  std::vector<Trial> ended_trials(const StudyRecord& study, std::span<const std::int64_t> numbers);
  std::int64_t data_version();
  TrialWriter& writer(const StudyRecord& study);
  void check_integrity();

  std::string path_;
  bool writes_ = false;
  std::optional<ClaimLock> claim_lock_{};  // outlives the connection
  std::unique_ptr<Connection> connection_{};
  std::map<std::int64_t, std::unique_ptr<TrialWriter>> writers_{};  // by study_id
  std::map<std::int64_t, KnownTrials> known_{};                     // by study_id
  std::optional<std::int64_t> seen_version_{};  // at which arrived() found nothing
};

SqliteStorage::SqliteStorage(const std::string& path, OpenMode mode)
    : path_(path), writes_(mode != OpenMode::read_only), connection_(open_database(path, mode)) {
  const FileContent content = inspect_schema(*connection_);
  if (content == FileContent::empty && mode != OpenMode::create) {
    throw StorageError(
        fmt::format("{}: is not a study: an empty database; see that the name is right", path));
  }
  if (writes_) {
    prepare_for_writing(mode);
  }
}

SqliteStorage::~SqliteStorage() {
  try {
    SqliteStorage::close();
  } catch (const StorageError&) {
    // Nothing is lost: the next one who opens the file finishes what the -wal holds.
  }
}

void SqliteStorage::prepare_for_writing(OpenMode mode) {
  // Where another program has the file open, it stays as it is, which works too.
  connection_->set_patience(std::chrono::seconds(1));
  sqlite3_exec(connection_->get(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
  connection_->set_patience(std::chrono::seconds(60));
  connection_->execute("PRAGMA synchronous = FULL");
  Transaction transaction(*connection_);
  // Again, now that nobody else can be making the tables.
  if (inspect_schema(*connection_) == FileContent::empty && mode == OpenMode::create) {
    create_optuna_tables(*connection_);
  }
  if (has_side_tables(*connection_)) {
    bring_up_to_date(*connection_);
  } else {
    create_side_tables(*connection_);
  }
  follow_studies(*connection_);
  transaction.commit();
}

Connection& SqliteStorage::connection() {
  if (!connection_) {
    throw StorageError(fmt::format("{}: is closed; this is a bug", path_));
  }
  return *connection_;
}

std::vector<StudyRecord> SqliteStorage::studies() {
  Transaction snapshot(connection(), Transaction::Kind::read);
  return StudyRows(connection()).list();
}

std::optional<StudyRecord> SqliteStorage::find(const std::string& name) {
  Transaction snapshot(connection(), Transaction::Kind::read);
  return StudyRows(connection()).find(name);
}

StudyRecord SqliteStorage::create(StudyRecord record) {
  Transaction transaction(connection());
  StudyRecord created = StudyRows(connection()).create(std::move(record));
  transaction.commit();
  return created;
}

StudyRecord SqliteStorage::update(StudyRecord record) {
  Transaction transaction(connection());
  StudyRecord updated = StudyRows(connection()).update(std::move(record));
  transaction.commit();
  writers_.erase(updated.id);  // the metrics' names may be others
  return updated;
}

std::vector<Trial> SqliteStorage::trials(const StudyRecord& study) {
  Transaction snapshot(connection(), Transaction::Kind::read);
  TrialReader reader(connection(), study, StudyRows(connection()).find_key(study));
  std::vector<Trial> all = reader.read(0);
  known_[study.id].add_below(static_cast<std::int64_t>(all.size()));
  return all;
}

bool SqliteStorage::claim(const StudyRecord& study, const Holder& holder) {
  std::int64_t key = 0;
  {
    Transaction transaction(connection());
    key = StudyRows(connection()).require_key(study);
    transaction.commit();
  }
  const bool taken_over = claims().take(key, study.name, holder);
  if (taken_over) {
    check_integrity();
  }
  return taken_over;
}

void SqliteStorage::release(const StudyRecord& study) {
  if (const auto key = StudyRows(connection()).find_key(study)) {
    claims().release(*key);
  }
}

std::optional<std::string> SqliteStorage::holder_of(const StudyRecord& study) {
  const auto key = StudyRows(connection()).find_key(study);
  return key ? claims().live_holder(*key) : std::nullopt;
}

ClaimLock& SqliteStorage::claim_lock() {
  if (!claim_lock_) {
    claim_lock_.emplace(path_);
  }
  return *claim_lock_;
}

void SqliteStorage::check_integrity() {
  Statement check(connection(), "PRAGMA quick_check(1)");
  if (check.with().step() && check.text(0) != "ok") {
    connection().fail_damaged(check.text(0));
  }
}

TrialWriter& SqliteStorage::writer(const StudyRecord& study) {
  std::unique_ptr<TrialWriter>& writer = writers_[study.id];
  if (!writer || !writer->is_current()) {
    const std::int64_t key = StudyRows(connection()).require_key(study);
    writer = std::make_unique<TrialWriter>(connection(), study, key, known_[study.id]);
  }
  return *writer;
}

void SqliteStorage::write(const StudyRecord& study, const SearchSpace& space,
                          std::span<const TrialWrite> writes, std::int64_t sequence) {
  Transaction transaction(connection());
  const bool moved = writer(study).write(space, writes, sequence);
  transaction.commit();
  if (moved) {
    seen_version_.reset();
  }
  for (const TrialWrite& write : writes) {
    known_[study.id].add(write.trial->number);
  }
}

std::int64_t SqliteStorage::data_version() {
  Statement version(connection(), "PRAGMA data_version");
  return version.with().step() ? version.integer(0) : 0;
}

std::vector<Trial> SqliteStorage::arrived(const StudyRecord& study, std::int64_t first,
                                          std::span<const std::int64_t> watched) {
  const std::int64_t version = data_version();
  if (version == seen_version_) {
    return {};
  }
  Transaction snapshot(connection(), Transaction::Kind::read);
  TrialReader reader(connection(), study, StudyRows(connection()).find_key(study));
  std::vector<Trial> arrivals = reader.read(first);
  // Dense: behind a trial that another program finished, arrivals wait until that one has moved.
  arrivals.erase(
      std::find_if(arrivals.begin(), arrivals.end(),
                   [](const Trial& trial) { return trial.state != TrialState::waiting; }),
      arrivals.end());
  for (const Trial& trial : arrivals) {
    known_[study.id].add(trial.number);
  }
  std::vector<Trial> ended = ended_trials(study, watched);
  std::move(ended.begin(), ended.end(), std::back_inserter(arrivals));
  seen_version_ = version;
  return arrivals;
}

std::vector<Trial> SqliteStorage::ended_trials(const StudyRecord& study,
                                               std::span<const std::int64_t> numbers) {
  std::vector<Trial> ended;
  const auto key = StudyRows(connection()).find_key(study);
  if (!key || numbers.empty()) {
    return ended;
  }
  Statement state(connection(), "SELECT state FROM autoglm_trial WHERE study = ? AND number = ?");
  for (const std::int64_t number : numbers) {
    const bool is_there = state.with(*key, number).step();
    if (is_there && is_finished(trial_state_from(state.text(0)).value_or(TrialState::running))) {
      ended.push_back(*read_trial(study, number));
    }
  }
  return ended;
}

/// REQUIRES: in a transaction.
std::optional<Trial> SqliteStorage::read_trial(const StudyRecord& study, std::int64_t number) {
  TrialReader reader(connection(), study, StudyRows(connection()).find_key(study));
  std::vector<Trial> found = reader.read(number, number);
  return number < 0 || found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::optional<Trial> SqliteStorage::find_trial(const StudyRecord& study, std::int64_t number) {
  Transaction snapshot(connection(), Transaction::Kind::read);
  return read_trial(study, number);
}

std::int64_t SqliteStorage::append(const StudyRecord& study, Trial trial) {
  Transaction transaction(connection());
  TrialWriter& rows = writer(study);
  trial.number = rows.next_number();
  const std::array writes{TrialWrite{.trial = &trial, .created = true}};
  rows.write({}, writes, 0);
  transaction.commit();
  return trial.number;
}

std::optional<Trial> SqliteStorage::revise(const StudyRecord& study, std::int64_t number,
                                           const Revision& revision) {
  Transaction transaction(connection());
  std::optional<Trial> trial = read_trial(study, number);
  if (!trial) {
    return std::nullopt;
  }
  TrialWriter& rows = writer(study);
  const std::int64_t sequence = rows.sequence();
  const std::array writes{TrialWrite{.trial = &*trial, .reports = revision(*trial, sequence)}};
  rows.write({}, writes, sequence + 1);
  transaction.commit();
  return trial;
}

void SqliteStorage::lend(const StudyRecord& study, std::span<const std::int64_t> trials,
                         TimeNs until) {
  Transaction transaction(connection());
  const std::int64_t key = StudyRows(connection()).require_key(study);
  Statement lease(connection(), until == 0
                                    ? "DELETE FROM autoglm_lease WHERE study = ? AND number = ?"
                                    : "INSERT OR REPLACE INTO autoglm_lease VALUES (?, ?, ?)");
  for (const std::int64_t number : trials) {
    until == 0 ? lease.run(key, number) : lease.run(key, number, until);
  }
  transaction.commit();
}

std::vector<std::int64_t> SqliteStorage::overdue(const StudyRecord& study, TimeNs now) {
  std::vector<std::int64_t> numbers;
  Statement rows(connection(),
                 "SELECT l.number FROM autoglm_lease l JOIN autoglm_trial t ON t.study = l.study "
                 "AND t.number = l.number WHERE l.study = ? AND l.until <= ? AND t.state = "
                 "'running' AND t.external = 1 ORDER BY l.number");
  const auto key = StudyRows(connection()).find_key(study);
  for (rows.with(key.value_or(0), now); rows.step();) {
    numbers.push_back(rows.integer(0));
  }
  return numbers;
}

void SqliteStorage::close() {
  if (!connection_) {
    return;
  }
  writers_.clear();
  if (writes_) {
    // One file that any program can read, also from a read-only place. Fails quietly while another
    // program has the file open.
    connection_->set_patience(std::chrono::milliseconds(200));
    sqlite3_exec(connection_->get(), "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr);
    sqlite3_exec(connection_->get(), "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
  }
  connection_.reset();
  claim_lock_.reset();
}

}  // namespace

std::unique_ptr<Storage> open_sqlite(const std::string& path, OpenMode mode) {
  return std::make_unique<SqliteStorage>(path, mode);
}

}  // namespace autoglm
