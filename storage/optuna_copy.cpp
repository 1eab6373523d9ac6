#include "storage/optuna_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "storage/database_file.h"
#include "storage/json_text.h"
#include "storage/optuna_rows.h"
#include "storage/optuna_schema.h"
#include "storage/study_rows.h"
#include "storage/travel_facts.h"

namespace autoglm {
namespace {

std::unique_ptr<Connection> open_source(const std::string& path) {
  std::unique_ptr<Connection> source = open_database(path, OpenMode::read_only);
  if (inspect_schema(*source, Schemas::since_2_10) == FileContent::empty) {
    throw StorageError(
        fmt::format("{}: is not a study: an empty database; see that the name is right", path));
  }
  return source;
}

/// Before schema v3.0.0.c and v3.0.0.d infinities were stored as the greatest single-precision
/// numbers, and NaN as NULL (Optuna's own upgrade tells them so).
std::string type_of_old(const std::string& column) {
  constexpr const char* kNearInfinity = "3.40278e38";
  return fmt::format(
      "CASE WHEN {0} IS NULL THEN 'NAN' WHEN {0} > {1} THEN 'INF_POS' WHEN {0} < -{1} THEN "
      "'INF_NEG' ELSE 'FINITE' END",
      column, kNearInfinity);
}

std::string finite_of_old(const std::string& column) {
  return fmt::format("CASE WHEN abs({0}) > 3.40278e38 THEN NULL ELSE {0} END", column);
}

bool has_column(Connection& connection, const char* table, const char* column) {
  Statement found(connection, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
  const bool has = found.with(table, column).step();
  found.reset();
  return has;
}

/// What to copy: the columns of the new table, and what to select for them in the old one.
struct Table {
  const char* name;
  std::string columns;
  std::string selected;
};

constexpr const char* kOfStudy = "study_id = ?";
constexpr const char* kOfTrials = "trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)";

void copy_table(Connection& from, Connection& to, const Table& table, std::int64_t study_id) {
  const bool is_of_trial = std::string_view(table.name).starts_with("trial_");
  Statement rows(from, fmt::format("SELECT {} FROM {} WHERE {} ORDER BY rowid", table.selected,
                                   table.name, is_of_trial ? kOfTrials : kOfStudy)
                           .c_str());
  const auto columns = std::count(table.columns.begin(), table.columns.end(), ',') + 1;
  std::string places = "?";
  for (std::ptrdiff_t i = 1; i < columns; ++i) {
    places += ", ?";
  }
  Statement insert(
      to,
      fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name, table.columns, places).c_str());
  for (rows.with(study_id); rows.step();) {
    insert.run_with_row_of(rows, static_cast<int>(columns));
  }
}

std::vector<Table> tables_of(Connection& from) {
  const auto same = [](const char* name, const std::string& columns) {
    return Table{name, columns, columns};
  };
  Table values = same("trial_values", "trial_value_id, trial_id, objective, value, value_type");
  if (!has_column(from, "trial_values", "value_type")) {
    values.selected = fmt::format("trial_value_id, trial_id, objective, {}, {}",
                                  finite_of_old("value"), type_of_old("value"));
  }
  Table reports = same("trial_intermediate_values",
                       "trial_intermediate_value_id, trial_id, step, intermediate_value, "
                       "intermediate_value_type");
  if (!has_column(from, "trial_intermediate_values", "intermediate_value_type")) {
    reports.selected =
        fmt::format("trial_intermediate_value_id, trial_id, step, {}, {}",
                    finite_of_old("intermediate_value"), type_of_old("intermediate_value"));
  }
  return {
      same("studies", "study_id, study_name"),
      same("study_directions", "study_direction_id, direction, study_id, objective"),
      same("study_user_attributes", "study_user_attribute_id, study_id, \"key\", value_json"),
      same("study_system_attributes", "study_system_attribute_id, study_id, \"key\", value_json"),
      same("trials", "trial_id, number, study_id, state, datetime_start, datetime_complete"),
      same("trial_user_attributes", "trial_user_attribute_id, trial_id, \"key\", value_json"),
      same("trial_system_attributes", "trial_system_attribute_id, trial_id, \"key\", value_json"),
      same("trial_params", "param_id, trial_id, param_name, param_value, distribution_json"),
      values,
      reports,
  };
}

/// The five distributions of Optuna 2 in today's words.
void renew_distributions(Connection& connection) {
  std::vector<std::string> old;
  Statement distinct(connection, "SELECT DISTINCT distribution_json FROM trial_params");
  for (distinct.with(); distinct.step();) {
    old.emplace_back(distinct.text(0));
  }
  Statement renew(connection,
                  "UPDATE trial_params SET distribution_json = ? WHERE distribution_json = ?");
  for (const std::string& json : old) {
    const std::optional<Domain> domain = domain_from_json(json);
    if (domain && !std::holds_alternative<Choice>(*domain)) {
      renew.run(distribution_json(*domain), json);
    }
  }
}

/// Of a study that autoglm made: its name for itself, and where the reason of a failure goes.
void tidy_attributes(Connection& connection) {
  connection.execute("DELETE FROM study_user_attributes WHERE \"key\" = 'autoglm:study_uuid'");
  connection.execute(
      "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) "
      "SELECT trial_id, 'fail_reason', value_json FROM trial_user_attributes "
      "WHERE \"key\" = 'autoglm:reason'");
  connection.execute("DELETE FROM trial_user_attributes WHERE \"key\" = 'autoglm:reason'");
}

/// What the file says of the library that made it tells how its times are meant.
void copy_library(Connection& from, Connection& to) {
  Statement library(from, "SELECT library_version FROM version_info");
  if (library.with().step()) {
    Statement(to, "UPDATE version_info SET library_version = ?").run(std::string(library.text(0)));
  }
}

std::vector<std::string> attribute_names(Connection& connection, const std::string& table,
                                         const char* condition, std::int64_t study_id) {
  std::vector<std::string> names;
  Statement rows(
      connection,
      fmt::format("SELECT DISTINCT \"key\" FROM {} WHERE {} ORDER BY 1", table, condition).c_str());
  for (rows.with(study_id); rows.step();) {
    names.emplace_back(rows.text(0));
  }
  return names;
}

}  // namespace

std::vector<StudyRecord> optuna_studies(const std::string& path) {
  const std::unique_ptr<Connection> source = open_source(path);
  Transaction snapshot(*source, Transaction::Kind::read);
  std::vector<StudyRecord> studies = StudyRows(*source).list();
  Statement facts(*source,
                  "SELECT value_json FROM study_system_attributes WHERE study_id = ? AND "
                  "\"key\" = ?");
  for (StudyRecord& study : studies) {
    if (facts.with(study.id, kStudyFacts).step()) {
      take_study_facts(facts.text(0), study);
      facts.reset();
    }
  }
  return studies;
}

std::vector<StoredDistribution> stored_distributions(const std::string& path,
                                                     const StudyRecord& study) {
  const std::unique_ptr<Connection> source = open_source(path);
  Statement rows(*source,
                 "SELECT param_name, distribution_json, count(*) FROM trial_params "
                 "WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?) "
                 "GROUP BY param_name, distribution_json ORDER BY min(param_id)");
  std::vector<StoredDistribution> distributions;
  for (rows.with(study.id); rows.step();) {
    if (std::optional<Domain> domain = domain_from_json(rows.text(1))) {
      distributions.push_back({.parameter = std::string(rows.text(0)),
                               .domain = *std::move(domain),
                               .trials = rows.integer(2),
                               .has_odd_choices = has_odd_choices(rows.text(1))});
    }
  }
  return distributions;
}

OptunaExtras optuna_extras(const std::string& path, const StudyRecord& study) {
  const std::unique_ptr<Connection> source = open_source(path);
  OptunaExtras extras;
  extras.study_attributes = attribute_names(*source, "study_system_attributes", kOfStudy, study.id);
  extras.trial_attributes =
      attribute_names(*source, "trial_system_attributes", kOfTrials, study.id);
  Statement beats(*source,
                  fmt::format("SELECT count(*) FROM trial_heartbeats WHERE {}", kOfTrials).c_str());
  if (beats.with(study.id).step()) {
    extras.heartbeats = beats.integer(0);
  }
  return extras;
}

void copy_to_optuna(const std::string& from, const StudyRecord& study, const std::string& to) {
  const std::unique_ptr<Connection> source = open_source(from);
  Transaction snapshot(*source, Transaction::Kind::read);
  const std::unique_ptr<Connection> target = open_database(to, OpenMode::create);
  Transaction transaction(*target);
  create_optuna_tables(*target);
  copy_library(*source, *target);
  for (const Table& table : tables_of(*source)) {
    copy_table(*source, *target, table, study.id);
  }
  renew_distributions(*target);
  tidy_attributes(*target);
  transaction.commit();
}

void add_travel_facts(const std::string& path, const StudyRecord& study,
                      const std::vector<Trial>& trials) {
  const std::unique_ptr<Connection> connection = open_database(path, OpenMode::read_write);
  Transaction transaction(*connection);
  Statement(*connection,
            "INSERT INTO study_system_attributes (study_id, \"key\", value_json) VALUES (?, ?, ?) "
            "ON CONFLICT (study_id, \"key\") DO UPDATE SET value_json = excluded.value_json")
      .run(study.id, kStudyFacts, study_facts(study));
  // There is no index by number.
  std::vector<std::int64_t> ids(trials.size());
  Statement rows(*connection, "SELECT number, trial_id FROM trials WHERE study_id = ?");
  for (rows.with(study.id); rows.step();) {
    if (const auto number = static_cast<std::size_t>(rows.integer(0)); number < ids.size()) {
      ids[number] = rows.integer(1);
    }
  }
  Statement insert(*connection,
                   "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) "
                   "VALUES (?, ?, ?) ON CONFLICT (trial_id, \"key\") DO UPDATE SET "
                   "value_json = excluded.value_json");
  for (const Trial& trial : trials) {
    insert.run(ids.at(static_cast<std::size_t>(trial.number)), kTrialFacts, trial_facts(trial));
  }
  transaction.commit();
}

}  // namespace autoglm
