// Storage in a file of SQLite.
#include <fmt/format.h>

#include <algorithm>
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
  std::vector<Trial> arrived(const StudyRecord& study, std::int64_t first) override;
  void close() override;

 private:
  void prepare_for_writing(OpenMode mode);
  Connection& connection();
  Claims claims();
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
    add_missing_columns(*connection_);
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

Claims SqliteStorage::claims() {
  if (!claim_lock_) {
    claim_lock_.emplace(path_);
  }
  return {connection(), *claim_lock_};
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

std::vector<Trial> SqliteStorage::arrived(const StudyRecord& study, std::int64_t first) {
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
  seen_version_ = version;
  return arrivals;
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
