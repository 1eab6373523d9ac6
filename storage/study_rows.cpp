#include "storage/study_rows.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>

#include "storage/json_text.h"
#include "storage/optuna_rows.h"
#include "storage/side_tables.h"
#include "storage/trial_rows.h"

namespace autoglm {
namespace {

// RFC 4122, version 4.
std::string random_uuid() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw StorageError("no random numbers from the system (getrandom)");
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
  }
  return text;
}

}  // namespace

std::vector<StudyRecord> StudyRows::list() {
  std::vector<StudyRecord> records;
  Statement rows(connection_, "SELECT study_id, study_name FROM studies ORDER BY study_id");
  for (rows.with(); rows.step();) {
    records.push_back({.id = rows.integer(0), .name = std::string(rows.text(1))});
  }
  for (StudyRecord& record : records) {
    read_goals(record);
  }
  if (!has_side_tables(connection_)) {
    return records;
  }
  for (const SideStudy& side : side_studies(connection_)) {
    for (StudyRecord& record : records) {
      if (record.id == side.study_id) {
        read_side_row(record, side.study);
      }
    }
  }
  return records;
}

std::optional<StudyRecord> StudyRows::find(const std::string& name) {
  for (StudyRecord& record : list()) {
    if (record.name == name) {
      return std::move(record);
    }
  }
  return std::nullopt;
}

void StudyRows::read_goals(StudyRecord& record) {
  Statement directions(
      connection_, "SELECT direction FROM study_directions WHERE study_id = ? ORDER BY objective");
  for (directions.with(record.id); directions.step();) {
    record.goals.push_back(goal_from_optuna(directions.text(0)));
  }
  Statement names(connection_,
                  "SELECT value_json FROM study_system_attributes WHERE study_id = ? AND \"key\" "
                  "IN ('study:metric_names', 'dashboard:objective_names') ORDER BY \"key\" DESC");
  if (names.with(record.id).step()) {
    record.metric_names = strings_from_json(names.text(0));
  }
  if (record.metric_names.size() != record.goals.size()) {
    record.metric_names.clear();
  }
}

void StudyRows::read_side_row(StudyRecord& record, std::int64_t key) {
  Statement row(
      connection_,
      fmt::format("SELECT uuid, spec_text, spec_json, version, searcher, searcher_options, "
                  "searcher_revision, {}, pruner, pruner_options, seed, max_trials, sequence, "
                  "ended, created, {}, {}, {} FROM autoglm_study WHERE study = ?",
                  column_or_empty(connection_, "autoglm_study", "numerics"),
                  column_or_empty(connection_, "autoglm_study", "folder"),
                  column_or_empty(connection_, "autoglm_study", "shard"),
                  column_or_empty(connection_, "autoglm_study", "merged"))
          .c_str());
  if (!row.with(key).step()) {
    return;
  }
  record.uuid = row.text(0);
  record.spec_text = row.text(1);
  record.spec_json = row.text(2);
  record.version = row.text(3);
  record.searcher = row.text(4);
  record.searcher_options = row.text(5);
  record.searcher_revision = static_cast<int>(row.integer(6));
  record.numerics = row.text(7);
  record.pruner = row.text(8);
  record.pruner_options = row.text(9);
  record.seed = static_cast<std::uint64_t>(row.integer(10));
  if (!row.is_null(11)) {
    record.max_trials = row.integer(11);
  }
  record.sequence = row.integer(12);
  record.ended = row.text(13);
  record.created = row.integer(14);
  record.folder = row.text(15);
  record.shard = row.text(16);
  record.merged = row.integer(17);
}

StudyRecord StudyRows::create(StudyRecord record) {
  if (find(record.name)) {
    throw StorageError(fmt::format("{}: has a study \"{}\" already; give this one another name",
                                   connection_.path(), record.name));
  }
  Statement(connection_, "INSERT INTO studies (study_name) VALUES (?)").run(record.name);
  record.id = sqlite3_last_insert_rowid(connection_.get());
  // In the order of the objectives: Optuna reads them without ORDER BY in places.
  Statement direction(
      connection_,
      "INSERT INTO study_directions (direction, study_id, objective) VALUES (?, ?, ?)");
  for (std::size_t i = 0; i < record.goals.size(); ++i) {
    direction.run(optuna_direction(record.goals[i]), record.id, static_cast<std::int64_t>(i));
  }
  if (record.created == 0) {
    record.created = time_now();
  }
  record.uuid = random_uuid();
  insert_side_row(record);
  write_attributes(record);
  return record;
}

StudyRecord StudyRows::update(StudyRecord record) {
  const std::int64_t key = require_key(record);
  Statement(connection_,
            "UPDATE autoglm_study SET spec_text = ?, spec_json = ?, version = ?, searcher = ?, "
            "searcher_options = ?, searcher_revision = ?, numerics = ?, pruner = ?, "
            "pruner_options = ?, seed = ?, max_trials = ?, shard = ?, ended = ?, folder = ? "
            "WHERE study = ?")
      .run(record.spec_text, record.spec_json, record.version, record.searcher,
           record.searcher_options, record.searcher_revision, record.numerics, record.pruner,
           record.pruner_options, static_cast<std::int64_t>(record.seed), record.max_trials,
           record.shard, record.ended, record.folder, key);
  Statement uuid(connection_, "SELECT uuid FROM autoglm_study WHERE study = ?");
  if (uuid.with(key).step()) {
    record.uuid = uuid.text(0);
  }
  uuid.reset();
  write_attributes(record);
  return record;
}

std::optional<std::int64_t> StudyRows::find_key(const StudyRecord& record) {
  if (has_side_tables(connection_)) {
    for (const SideStudy& side : side_studies(connection_)) {
      if (side.study_id == record.id && (record.uuid.empty() || record.uuid == side.uuid)) {
        return side.study;
      }
    }
  }
  return std::nullopt;
}

std::int64_t StudyRows::require_key(const StudyRecord& record) {
  Statement exists(connection_, "SELECT 1 FROM studies WHERE study_id = ? AND study_name = ?");
  const bool is_there = exists.with(record.id, record.name).step();
  exists.reset();
  const std::optional<std::int64_t> key = find_key(record);
  if (!is_there || (!key && !record.uuid.empty())) {
    throw StorageError(
        fmt::format("{}: study \"{}\" was deleted or renamed by another program; run this again",
                    connection_.path(), record.name));
  }
  if (key) {
    return *key;
  }
  StudyRecord adopted = record;
  adopted.uuid = random_uuid();
  const std::int64_t made = insert_side_row(adopted);
  write_attributes(adopted);
  return made;
}

std::int64_t StudyRows::insert_side_row(const StudyRecord& record) {
  Statement(
      connection_,
      "INSERT INTO autoglm_study (uuid, study_id, spec_text, spec_json, version, searcher, "
      "searcher_options, searcher_revision, numerics, pruner, pruner_options, seed, "
      "max_trials, shard, merged, sequence, ended, created, folder) VALUES (?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(record.uuid, record.id, record.spec_text, record.spec_json, record.version,
           record.searcher, record.searcher_options, record.searcher_revision, record.numerics,
           record.pruner, record.pruner_options, static_cast<std::int64_t>(record.seed),
           record.max_trials, record.shard, record.merged, record.sequence, record.ended,
           record.created, record.folder);
  return sqlite3_last_insert_rowid(connection_.get());
}

void StudyRows::write_attributes(const StudyRecord& record) {
  Statement(connection_,
            "INSERT INTO study_user_attributes (study_id, \"key\", value_json) "
            "VALUES (?, 'autoglm:study_uuid', ?) "
            "ON CONFLICT (study_id, \"key\") DO UPDATE SET value_json = excluded.value_json")
      .run(record.id, uuid_attribute(record.uuid));
  if (record.metric_names.empty()) {
    return;
  }
  // Optuna and its dashboard read the first, the viewer in browsers and editors the second.
  Statement names(connection_,
                  "INSERT INTO study_system_attributes (study_id, \"key\", value_json) "
                  "VALUES (?, ?, ?) "
                  "ON CONFLICT (study_id, \"key\") DO UPDATE SET value_json = excluded.value_json");
  for (const char* key : {"study:metric_names", "dashboard:objective_names"}) {
    names.run(record.id, key, strings_json(record.metric_names));
  }
}

}  // namespace autoglm
