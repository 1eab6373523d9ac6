#include "storage/optuna_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "storage/storage.h"

namespace autoglm {
namespace {

// To the letter what SQLAlchemy emits for Optuna's models, its trailing blanks included, so that a
// comparison of schemas finds no difference.
constexpr std::array kTables{
    "CREATE TABLE studies (\n"
    "\tstudy_id INTEGER NOT NULL, \n"
    "\tstudy_name VARCHAR(512) NOT NULL, \n"
    "\tPRIMARY KEY (study_id)\n)",
    "CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name)",
    "CREATE TABLE version_info (\n"
    "\tversion_info_id INTEGER NOT NULL, \n"
    "\tschema_version INTEGER, \n"
    "\tlibrary_version VARCHAR(256), \n"
    "\tPRIMARY KEY (version_info_id), \n"
    "\tCHECK (version_info_id=1)\n)",
    "CREATE TABLE study_directions (\n"
    "\tstudy_direction_id INTEGER NOT NULL, \n"
    "\tdirection VARCHAR(8) NOT NULL, \n"
    "\tstudy_id INTEGER NOT NULL, \n"
    "\tobjective INTEGER NOT NULL, \n"
    "\tPRIMARY KEY (study_direction_id), \n"
    "\tUNIQUE (study_id, objective), \n"
    "\tFOREIGN KEY(study_id) REFERENCES studies (study_id)\n)",
    "CREATE TABLE study_user_attributes (\n"
    "\tstudy_user_attribute_id INTEGER NOT NULL, \n"
    "\tstudy_id INTEGER, \n"
    "\t\"key\" VARCHAR(512), \n"
    "\tvalue_json TEXT, \n"
    "\tPRIMARY KEY (study_user_attribute_id), \n"
    "\tUNIQUE (study_id, \"key\"), \n"
    "\tFOREIGN KEY(study_id) REFERENCES studies (study_id)\n)",
    "CREATE TABLE study_system_attributes (\n"
    "\tstudy_system_attribute_id INTEGER NOT NULL, \n"
    "\tstudy_id INTEGER, \n"
    "\t\"key\" VARCHAR(512), \n"
    "\tvalue_json TEXT, \n"
    "\tPRIMARY KEY (study_system_attribute_id), \n"
    "\tUNIQUE (study_id, \"key\"), \n"
    "\tFOREIGN KEY(study_id) REFERENCES studies (study_id)\n)",
    "CREATE TABLE trials (\n"
    "\ttrial_id INTEGER NOT NULL, \n"
    "\tnumber INTEGER, \n"
    "\tstudy_id INTEGER, \n"
    "\tstate VARCHAR(8) NOT NULL, \n"
    "\tdatetime_start DATETIME, \n"
    "\tdatetime_complete DATETIME, \n"
    "\tPRIMARY KEY (trial_id), \n"
    "\tFOREIGN KEY(study_id) REFERENCES studies (study_id)\n)",
    "CREATE INDEX ix_trials_study_id ON trials (study_id)",
    "CREATE TABLE trial_user_attributes (\n"
    "\ttrial_user_attribute_id INTEGER NOT NULL, \n"
    "\ttrial_id INTEGER, \n"
    "\t\"key\" VARCHAR(512), \n"
    "\tvalue_json TEXT, \n"
    "\tPRIMARY KEY (trial_user_attribute_id), \n"
    "\tUNIQUE (trial_id, \"key\"), \n"
    "\tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)\n)",
    "CREATE TABLE trial_system_attributes (\n"
    "\ttrial_system_attribute_id INTEGER NOT NULL, \n"
    "\ttrial_id INTEGER, \n"
    "\t\"key\" VARCHAR(512), \n"
    "\tvalue_json TEXT, \n"
    "\tPRIMARY KEY (trial_system_attribute_id), \n"
    "\tUNIQUE (trial_id, \"key\"), \n"
    "\tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)\n)",
    "CREATE TABLE trial_params (\n"
    "\tparam_id INTEGER NOT NULL, \n"
    "\ttrial_id INTEGER, \n"
    "\tparam_name VARCHAR(512), \n"
    "\tparam_value FLOAT, \n"
    "\tdistribution_json TEXT, \n"
    "\tPRIMARY KEY (param_id), \n"
    "\tUNIQUE (trial_id, param_name), \n"
    "\tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)\n)",
    "CREATE TABLE trial_values (\n"
    "\ttrial_value_id INTEGER NOT NULL, \n"
    "\ttrial_id INTEGER NOT NULL, \n"
    "\tobjective INTEGER NOT NULL, \n"
    "\tvalue FLOAT, \n"
    "\tvalue_type VARCHAR(7) NOT NULL, \n"
    "\tPRIMARY KEY (trial_value_id), \n"
    "\tUNIQUE (trial_id, objective), \n"
    "\tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)\n)",
    "CREATE TABLE trial_intermediate_values (\n"
    "\ttrial_intermediate_value_id INTEGER NOT NULL, \n"
    "\ttrial_id INTEGER NOT NULL, \n"
    "\tstep INTEGER NOT NULL, \n"
    "\tintermediate_value FLOAT, \n"
    "\tintermediate_value_type VARCHAR(7) NOT NULL, \n"
    "\tPRIMARY KEY (trial_intermediate_value_id), \n"
    "\tUNIQUE (trial_id, step), \n"
    "\tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)\n)",
    "CREATE TABLE trial_heartbeats (\n"
    "\ttrial_heartbeat_id INTEGER NOT NULL, \n"
    "\ttrial_id INTEGER NOT NULL, \n"
    "\theartbeat DATETIME NOT NULL, \n"
    "\tPRIMARY KEY (trial_heartbeat_id), \n"
    "\tUNIQUE (trial_id), \n"
    "\tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)\n)",
    "CREATE TABLE alembic_version (\n"
    "\tversion_num VARCHAR(32) NOT NULL, \n"
    "\tCONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n)",
};

std::vector<std::string> tables_of(Connection& connection) {
  Statement tables(connection,
                   "SELECT name FROM sqlite_master WHERE type = 'table' "
                   "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
  std::vector<std::string> names;
  for (tables.with(); tables.step();) {
    names.emplace_back(tables.text(0));
  }
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", names[i]);
  }
  return names.size() > kShown ? text + ", …" : text;
}

// Those that `autoglm import` takes.
bool is_since_2_10(const std::string& version) {
  constexpr std::array kOlder{"v2.6.0.a", "v3.0.0.a", "v3.0.0.b", "v3.0.0.c", "v3.0.0.d"};
  return std::find(kOlder.begin(), kOlder.end(), version) != kOlder.end();
}

// Those that only Optuna's own "storage upgrade" can bring up to date.
bool is_before_2_10(const std::string& version) {
  constexpr std::array kOlder{"v0.9.0.a", "v1.2.0.a", "v1.3.0.a", "v2.4.0.a"};
  return std::find(kOlder.begin(), kOlder.end(), version) != kOlder.end();
}

void check_version(Connection& connection, Schemas taken) {
  Statement rows(connection, "SELECT version_num FROM alembic_version");
  if (!rows.with().step()) {
    throw StorageError(
        fmt::format("{0}: has Optuna's tables without a version; open it with Optuna once "
                    "(optuna studies --storage sqlite:///{0}), then run this again",
                    connection.path()));
  }
  const std::string version(rows.text(0));
  if (version == kOptunaSchema) {
    return;
  }
  if (is_since_2_10(version)) {
    if (taken == Schemas::since_2_10) {
      return;
    }
    throw StorageError(
        fmt::format("{0}: has Optuna's schema {1}, not {2}; \"autoglm import {0}\" makes a study "
                    "of it",
                    connection.path(), version, kOptunaSchema));
  }
  if (is_before_2_10(version)) {
    throw StorageError(
        fmt::format("{0}: has Optuna's schema {1}, not {2}; make a copy, then run "
                    "\"optuna storage upgrade --storage sqlite:///{0}\" of Optuna 3.2 to 5.0",
                    connection.path(), version, kOptunaSchema));
  }
  throw StorageError(
      fmt::format("{}: has Optuna's schema {}, which this autoglm does not know; it takes {} "
                  "(Optuna 3.2 to 5.0)",
                  connection.path(), version, kOptunaSchema));
}

}  // namespace

FileContent inspect_schema(Connection& connection, Schemas taken) {
  const std::vector<std::string> names = tables_of(connection);
  if (names.empty()) {
    return FileContent::empty;
  }
  const auto has = [&names](const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!has("studies") || !has("trials") || !has("alembic_version") || !has("version_info")) {
    throw StorageError(
        fmt::format("{}: is not a study: a database with other tables ({}); give another file",
                    connection.path(), listed(names)));
  }
  check_version(connection, taken);
  return FileContent::study;
}

void create_optuna_tables(Connection& connection) {
  for (const char* table : kTables) {
    connection.execute(table);
  }
  // 12 is what every Optuna since 1.0 writes; the library's name is free text.
  Statement(connection, "INSERT INTO version_info VALUES (1, 12, ?)")
      .run("autoglm " AUTOGLM_VERSION);
  Statement(connection, "INSERT INTO alembic_version VALUES (?)").run(kOptunaSchema);
}

}  // namespace autoglm
