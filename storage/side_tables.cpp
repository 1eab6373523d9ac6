#include "storage/side_tables.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <set>
#include <vector>

#include "storage/storage.h"

namespace autoglm {
namespace {

constexpr int kVersion = 1;

// `study` is a key of ours that is never given twice (AUTOINCREMENT): Optuna's ids are reused after
// a deletion. Numbers of trials, unlike their ids, survive a rename.
constexpr const char* kTables = R"sql(
CREATE TABLE IF NOT EXISTS autoglm_meta (
  name TEXT PRIMARY KEY NOT NULL,
  value
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS autoglm_study (
  study INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  study_id INTEGER NOT NULL,
  spec_text TEXT NOT NULL,
  spec_json TEXT NOT NULL,
  folder TEXT NOT NULL DEFAULT '',
  version TEXT NOT NULL,
  searcher TEXT NOT NULL,
  searcher_options TEXT NOT NULL,
  searcher_revision INTEGER NOT NULL,
  numerics TEXT NOT NULL DEFAULT '',
  pruner TEXT NOT NULL,
  pruner_options TEXT NOT NULL,
  seed INTEGER NOT NULL,
  max_trials INTEGER,
  shard TEXT NOT NULL DEFAULT '',
  merged INTEGER NOT NULL DEFAULT 0,
  sequence INTEGER NOT NULL,
  ended TEXT NOT NULL,
  created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS autoglm_claim (
  study INTEGER PRIMARY KEY NOT NULL,
  pid INTEGER NOT NULL,
  start_time INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  host TEXT NOT NULL,
  guardian_pid INTEGER NOT NULL,
  guardian_start_time INTEGER NOT NULL,
  command TEXT NOT NULL,
  since INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS autoglm_trial (
  study INTEGER NOT NULL,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  origin TEXT NOT NULL,
  partial INTEGER NOT NULL,
  external INTEGER NOT NULL,
  params TEXT NOT NULL,
  metrics TEXT NOT NULL,
  "values" TEXT NOT NULL,
  seed INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  searcher TEXT NOT NULL,
  why TEXT NOT NULL,
  chosen_with TEXT NOT NULL DEFAULT '',
  seen INTEGER NOT NULL,
  asked_sequence INTEGER NOT NULL,
  finished_sequence INTEGER NOT NULL,
  created INTEGER NOT NULL,
  started INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  PRIMARY KEY (study, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS autoglm_lease (
  study INTEGER NOT NULL,
  number INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (study, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS autoglm_attempt (
  study INTEGER NOT NULL,
  number INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  directory TEXT NOT NULL,
  pid INTEGER NOT NULL,
  started INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  user_seconds REAL NOT NULL,
  system_seconds REAL NOT NULL,
  peak_memory_bytes INTEGER NOT NULL,
  "values" TEXT NOT NULL,
  PRIMARY KEY (study, number, attempt)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS autoglm_metric (
  metric INTEGER PRIMARY KEY,
  study INTEGER NOT NULL,
  number INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  step INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL,
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  UNIQUE (study, number, attempt, step, name)
);
)sql";

// What files of earlier autoglms lack. An older autoglm goes on with a file that has them, since
// they have a default: the version does not rise for them.
struct AddedColumn {
  const char* table;
  const char* name;
  const char* definition;
};
constexpr std::array kAddedColumns{
    AddedColumn{"autoglm_study", "numerics", "TEXT NOT NULL DEFAULT ''"},
    AddedColumn{"autoglm_study", "folder", "TEXT NOT NULL DEFAULT ''"},
    AddedColumn{"autoglm_study", "shard", "TEXT NOT NULL DEFAULT ''"},
    AddedColumn{"autoglm_study", "merged", "INTEGER NOT NULL DEFAULT 0"},
    AddedColumn{"autoglm_trial", "chosen_with", "TEXT NOT NULL DEFAULT ''"}};

constexpr std::array kPerStudy{"autoglm_claim",   "autoglm_trial",  "autoglm_lease",
                               "autoglm_attempt", "autoglm_metric", "autoglm_study"};

bool has_column(Connection& connection, const char* table, const char* name) {
  Statement exists(connection, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
  return exists.with(table, name).step();
}

}  // namespace

bool has_side_tables(Connection& connection) {
  Statement exists(connection, "SELECT 1 FROM sqlite_master WHERE name = 'autoglm_meta'");
  if (!exists.with().step()) {
    return false;
  }
  Statement version(connection, "SELECT value FROM autoglm_meta WHERE name = 'version'");
  if (version.with().step() && version.integer(0) > kVersion) {
    throw StorageError(
        fmt::format("{}: was written by a newer autoglm; use that one", connection.path()));
  }
  return true;
}

void create_side_tables(Connection& connection) {
  connection.execute(kTables);
  Statement(connection, "INSERT OR IGNORE INTO autoglm_meta VALUES ('version', ?)").run(kVersion);
}

void bring_up_to_date(Connection& connection) {
  connection.execute(kTables);
  for (const AddedColumn& column : kAddedColumns) {
    if (!has_column(connection, column.table, column.name)) {
      connection.execute(fmt::format("ALTER TABLE {} ADD COLUMN {} {}", column.table, column.name,
                                     column.definition)
                             .c_str());
    }
  }
}

std::string column_or_empty(Connection& connection, const char* table, const char* name) {
  return has_column(connection, table, name) ? name : "''";
}

std::vector<SideStudy> side_studies(Connection& connection) {
  std::map<std::string, std::set<std::int64_t>> carriers;  // study_ids with this uuid
  Statement attributes(connection,
                       "SELECT study_id, value_json FROM study_user_attributes "
                       "WHERE \"key\" = 'autoglm:study_uuid'");
  for (attributes.with(); attributes.step();) {
    carriers[std::string(attributes.text(1))].insert(attributes.integer(0));
  }
  std::vector<SideStudy> studies;
  Statement rows(connection, "SELECT study, uuid, study_id FROM autoglm_study ORDER BY study");
  for (rows.with(); rows.step();) {
    SideStudy side{.study = rows.integer(0), .uuid = std::string(rows.text(1))};
    const std::int64_t recorded = rows.integer(2);
    const std::set<std::int64_t>& found = carriers[uuid_attribute(side.uuid)];
    side.study_id = found.contains(recorded) ? recorded : found.empty() ? 0 : *found.begin();
    side.moved = side.study_id != recorded;
    studies.push_back(std::move(side));
  }
  return studies;
}

std::string uuid_attribute(const std::string& uuid) { return '"' + uuid + '"'; }

void follow_studies(Connection& connection) {
  for (const SideStudy& side : side_studies(connection)) {
    if (!side.moved) {
      continue;
    }
    if (side.study_id != 0) {
      Statement(connection, "UPDATE autoglm_study SET study_id = ? WHERE study = ?")
          .run(side.study_id, side.study);
      continue;
    }
    for (const char* table : kPerStudy) {
      Statement(connection, fmt::format("DELETE FROM {} WHERE study = ?", table).c_str())
          .run(side.study);
    }
  }
}

}  // namespace autoglm
