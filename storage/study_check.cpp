#include "storage/study_check.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "storage/database_file.h"
#include "storage/optuna_schema.h"
#include "storage/side_tables.h"
#include "storage/sqlite.h"

namespace autoglm {
namespace {

// More of a kind say no more.
constexpr std::size_t kMostOfAKind = 20;

// A query whose rows are faults: the name of the study ('' where none is to blame), the number of
// the trial (NULL: of the study), and a text that completes the sentence. Sources of the rules:
// Optuna's RDBStorage (optuna/storages/_rdb), tried with Optuna 4.0, 4.9 and 5.0.
constexpr std::array kQueries{
    // Optuna gives a new trial the number of rows before it.
    "SELECT s.study_name, r.number, 'stands in row ' || r.place || ' of its study, counted "
    "from 0; Optuna would give a number twice' FROM (SELECT study_id, number, ROW_NUMBER() OVER "
    "(PARTITION BY study_id ORDER BY trial_id) - 1 AS place FROM trials) r "
    "LEFT JOIN studies s ON s.study_id = r.study_id WHERE r.number IS NOT r.place",
    "SELECT '', t.number, 'belongs to study ' || ifnull(t.study_id, 'NULL') || ', which is not "
    "there' FROM trials t LEFT JOIN studies s ON s.study_id = t.study_id WHERE s.study_id IS NULL",
    "SELECT s.study_name, t.number, 'has the state ' || quote(t.state) || ', which Optuna does not "
    "know' FROM trials t JOIN studies s ON s.study_id = t.study_id WHERE t.state NOT IN "
    "('RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING')",
    "SELECT s.study_name, t.number, 'is ' || t.state || CASE WHEN t.datetime_start IS NULL THEN "
    "' and has no start' ELSE ' and has no end' END FROM trials t JOIN studies s ON s.study_id = "
    "t.study_id WHERE (t.state IN ('RUNNING', 'COMPLETE', 'PRUNED') AND t.datetime_start IS NULL) "
    "OR (t.state IN ('COMPLETE', 'PRUNED', 'FAIL') AND t.datetime_complete IS NULL)",
    "SELECT s.study_name, t.number, 'is ' || t.state || ' and has an end' FROM trials t JOIN "
    "studies s ON s.study_id = t.study_id WHERE t.state IN ('RUNNING', 'WAITING') AND "
    "t.datetime_complete IS NOT NULL",
    "SELECT s.study_name, t.number, 'has a time that is not written as YYYY-MM-DD HH:MM:SS.ffffff' "
    "FROM trials t JOIN studies s ON s.study_id = t.study_id WHERE (t.datetime_start IS NOT NULL "
    "AND t.datetime_start NOT LIKE '____-__-__ __:__:__.______') OR (t.datetime_complete IS NOT "
    "NULL AND t.datetime_complete NOT LIKE '____-__-__ __:__:__.______')",
    // Objectives.
    "SELECT s.study_name, NULL, 'has no direction' FROM studies s WHERE NOT EXISTS (SELECT 1 FROM "
    "study_directions d WHERE d.study_id = s.study_id)",
    "SELECT s.study_name, NULL, 'has the direction ' || quote(d.direction) || ', which Optuna does "
    "not know' FROM study_directions d JOIN studies s ON s.study_id = d.study_id WHERE d.direction "
    "NOT IN ('MINIMIZE', 'MAXIMIZE', 'NOT_SET')",
    "SELECT s.study_name, NULL, 'has objectives that are not 0, 1, … in this order' FROM (SELECT "
    "study_id, objective, ROW_NUMBER() OVER (PARTITION BY study_id ORDER BY study_direction_id) - "
    "1 AS place FROM study_directions) d JOIN studies s ON s.study_id = d.study_id GROUP BY "
    "s.study_id HAVING sum(d.objective IS NOT d.place) > 0",
    // Values.
    "SELECT s.study_name, t.number, 'is COMPLETE with ' || (SELECT count(*) FROM trial_values v "
    "WHERE v.trial_id = t.trial_id) || ' values of ' || (SELECT count(*) FROM study_directions d "
    "WHERE d.study_id = t.study_id) FROM trials t JOIN studies s ON s.study_id = t.study_id WHERE "
    "t.state = 'COMPLETE' AND (SELECT count(*) FROM trial_values v WHERE v.trial_id = t.trial_id) "
    "!= (SELECT count(*) FROM study_directions d WHERE d.study_id = t.study_id)",
    "SELECT s.study_name, t.number, 'is ' || t.state || ' and has a value' FROM trials t JOIN "
    "studies s ON s.study_id = t.study_id WHERE t.state IN ('FAIL', 'WAITING') AND EXISTS (SELECT "
    "1 FROM trial_values v WHERE v.trial_id = t.trial_id)",
    "SELECT s.study_name, t.number, 'has a value for objective ' || v.objective || ', which the "
    "study does not have' FROM trial_values v JOIN trials t ON t.trial_id = v.trial_id JOIN "
    "studies s ON s.study_id = t.study_id WHERE NOT EXISTS (SELECT 1 FROM study_directions d WHERE "
    "d.study_id = t.study_id AND d.objective = v.objective)",
    "SELECT s.study_name, t.number, 'has the value ' || quote(v.value) || ' of type ' || "
    "quote(v.value_type) || ', which do not go together' FROM trial_values v JOIN trials t ON "
    "t.trial_id = v.trial_id JOIN studies s ON s.study_id = t.study_id WHERE v.value_type NOT IN "
    "('FINITE', 'INF_POS', 'INF_NEG') OR (v.value_type = 'FINITE') != (v.value IS NOT NULL) OR "
    "typeof(v.value) NOT IN "
    "('real', 'integer', 'null')",
    "SELECT s.study_name, t.number, 'has at step ' || i.step || ' the value ' || "
    "quote(i.intermediate_value) || ' of type ' || quote(i.intermediate_value_type) || ', which do "
    "not go together' FROM trial_intermediate_values i JOIN trials t ON t.trial_id = i.trial_id "
    "JOIN studies s ON s.study_id = t.study_id WHERE i.intermediate_value_type NOT IN ('FINITE', "
    "'INF_POS', 'INF_NEG', 'NAN') OR (i.intermediate_value_type = 'FINITE') != "
    "(i.intermediate_value IS NOT NULL) OR typeof(i.intermediate_value) NOT IN ('real', 'integer', "
    "'null')",
    // Optuna fails a running trial whose heartbeat is old.
    "SELECT s.study_name, t.number, 'runs with a heartbeat, by which Optuna may fail it' FROM "
    "trial_heartbeats h JOIN trials t ON t.trial_id = h.trial_id JOIN studies s ON s.study_id = "
    "t.study_id JOIN autoglm_study o ON o.study_id = s.study_id JOIN autoglm_trial a ON a.study = "
    "o.study AND a.number = t.number WHERE t.state = 'RUNNING'",
    "SELECT s.study_name, m.number, 'is in autoglm''s tables and not in Optuna''s' FROM (SELECT "
    "o.study_id, a.number FROM autoglm_trial a JOIN autoglm_study o ON o.study = a.study EXCEPT "
    "SELECT study_id, number FROM trials) m JOIN studies s ON s.study_id = m.study_id",
};
constexpr std::size_t kSideQueries = 2;  // the last ones need autoglm's tables

// Rows that belong to no trial or study.
constexpr std::array<std::pair<const char*, const char*>, 8> kOwners{
    {{"trial_params", "trial"},
     {"trial_values", "trial"},
     {"trial_intermediate_values", "trial"},
     {"trial_user_attributes", "trial"},
     {"trial_system_attributes", "trial"},
     {"study_directions", "study"},
     {"study_user_attributes", "study"},
     {"study_system_attributes", "study"}}};

using Json = rapidjson::Document;

/// As Python reads it, with NaN and Infinity; null for what is no JSON.
std::unique_ptr<Json> parse(std::string_view text) {
  constexpr unsigned kFlags = rapidjson::kParseNanAndInfFlag | rapidjson::kParseFullPrecisionFlag |
                              rapidjson::kParseIterativeFlag;
  auto json = std::make_unique<Json>();
  json->Parse<kFlags>(text.data(), text.size());
  return json->HasParseError() ? nullptr : std::move(json);
}

/// A parameter of a trial, in Optuna's row and in autoglm's.
struct ParameterRow {
  std::string_view name{};
  std::string_view storage_class{};  // of the value, in SQLite's words
  double value = 0;
  std::string_view distribution{};
  const Json* recorded = nullptr;  // the trial's parameters in autoglm's own row, if it has one
};

const rapidjson::Value* number_in(const rapidjson::Value& object, const char* key) {
  const auto member = object.FindMember(key);
  return member != object.MemberEnd() && member->value.IsNumber() ? &member->value : nullptr;
}

/// As Optuna's _contains: both bounds belong to the range, the grid is meant to within 1e-8 steps.
std::string problem_with_number(double value, const rapidjson::Value& attributes) {
  constexpr double kOffGrid = 1e-8;
  const rapidjson::Value* const low = number_in(attributes, "low");
  const rapidjson::Value* const high = number_in(attributes, "high");
  if (low == nullptr || high == nullptr) {
    return "has a distribution without low and high";
  }
  if (!(value >= low->GetDouble() && value <= high->GetDouble())) {
    return fmt::format("is {}, outside of its distribution from {} to {}", value, low->GetDouble(),
                       high->GetDouble());
  }
  const rapidjson::Value* step = number_in(attributes, "step");
  step = step != nullptr ? step : number_in(attributes, "q");  // until Optuna 3
  if (step == nullptr || step->GetDouble() <= 0) {
    return "";
  }
  const double steps = (value - low->GetDouble()) / step->GetDouble();
  return std::abs(steps - std::round(steps)) < kOffGrid
             ? ""
             : fmt::format("is {}, outside of its distribution from {} in steps of {}", value,
                           low->GetDouble(), step->GetDouble());
}

std::string problem_with_choice(double value, const rapidjson::Value& attributes) {
  const auto choices = attributes.FindMember("choices");
  if (choices == attributes.MemberEnd() || !choices->value.IsArray()) {
    return "has no choices";
  }
  const auto size = static_cast<double>(choices->value.Size());
  return value >= 0 && value < size
             ? ""
             : fmt::format("is choice {} of {}; Optuna cannot load the study", value, size);
}

/// autoglm reads its own row, Optuna the other one: they must say the same.
std::string problem_with_record(const ParameterRow& row, bool is_choice,
                                const rapidjson::Value& attributes) {
  if (row.recorded == nullptr || !row.recorded->IsObject()) {
    return "";
  }
  const auto found = row.recorded->FindMember(
      rapidjson::Value(row.name.data(), static_cast<rapidjson::SizeType>(row.name.size())));
  if (found == row.recorded->MemberEnd()) {
    return "";  // of a configuration in part, which the program that ran it filled in
  }
  const bool is_same =
      is_choice ? found->value == attributes["choices"][static_cast<rapidjson::SizeType>(row.value)]
                : found->value.IsNumber() && found->value.GetDouble() == row.value;
  return is_same ? "" : "is another value here than in autoglm's own record of the trial";
}

/// What is wrong with a parameter's row; empty: nothing. `kind`: the class of its distribution in
/// earlier trials; empty: there were none, and it is filled in.
std::string problem_with(const ParameterRow& row, std::string& kind) {
  const std::unique_ptr<Json> json = parse(row.distribution);
  if (json == nullptr || !json->IsObject()) {
    return "has a distribution that is not JSON";
  }
  const auto name = json->FindMember("name");
  const auto attributes = json->FindMember("attributes");
  if (name == json->MemberEnd() || !name->value.IsString() || attributes == json->MemberEnd() ||
      !attributes->value.IsObject()) {
    return "has a distribution without name and attributes";
  }
  const std::string type(name->value.GetString(), name->value.GetStringLength());
  if (!kind.empty() && kind != type) {
    return fmt::format("is a {} here and a {} in an earlier trial", type, kind);
  }
  kind = type;
  if (row.storage_class != "real" && row.storage_class != "integer") {
    return fmt::format("has a value that is {}, not a number", row.storage_class);
  }
  const bool is_choice = type == "CategoricalDistribution";
  std::string problem = is_choice ? problem_with_choice(row.value, attributes->value)
                                  : problem_with_number(row.value, attributes->value);
  return problem.empty() ? problem_with_record(row, is_choice, attributes->value) : problem;
}

class FileChecker {
 public:
  explicit FileChecker(const std::string& path)
      : path_(path), connection_(open_database(path, OpenMode::read_only)) {}

  FileCheck run();

 private:
  void check_pages();
  void check_queries();
  void check_owners();
  void check_attributes();
  void check_parameters();
  std::size_t count(const char* table);
  void add(std::string_view study, const std::string& trial, std::string_view what);

  std::string path_;
  std::unique_ptr<Connection> connection_;
  FileCheck check_{};
};

FileCheck FileChecker::run() {
  if (inspect_schema(*connection_) == FileContent::empty) {
    throw StorageError(
        fmt::format("{}: is not a study: an empty database; see that the name is right", path_));
  }
  Transaction snapshot(*connection_, Transaction::Kind::read);
  check_pages();
  if (!check_.faults.empty()) {
    return check_;  // what else is read from damaged pages says little
  }
  check_queries();
  check_owners();
  check_attributes();
  check_parameters();
  check_.studies = count("studies");
  check_.trials = count("trials");
  return check_;
}

void FileChecker::add(std::string_view study, const std::string& trial, std::string_view what) {
  std::string place = path_;
  if (!study.empty()) {
    place += fmt::format(": study \"{}\"", study);
  }
  if (!trial.empty()) {
    place += fmt::format(": trial {}", trial);
  }
  check_.faults.push_back(fmt::format("{}: {}", place, what));
}

void FileChecker::check_pages() {
  Statement pages(*connection_, "PRAGMA integrity_check(20)");
  for (pages.with(); pages.step();) {
    if (pages.text(0) != "ok") {
      add("", "", fmt::format("is damaged: {}", pages.text(0)));
    }
  }
}

void FileChecker::check_queries() {
  const std::size_t queries =
      has_side_tables(*connection_) ? kQueries.size() : kQueries.size() - kSideQueries;
  for (std::size_t i = 0; i < queries; ++i) {
    Statement rows(*connection_, kQueries[i]);
    std::size_t found = 0;
    for (rows.with(); rows.step() && found < kMostOfAKind; ++found) {
      add(rows.text(0), rows.is_null(1) ? "" : std::string(rows.text(1)), rows.text(2));
    }
  }
}

void FileChecker::check_owners() {
  for (const auto& [table, owner] : kOwners) {
    const std::string owners = owner == std::string_view("study") ? "studies" : "trials";
    Statement rows(*connection_,
                   fmt::format("SELECT count(*) FROM {0} WHERE {1}_id IS NULL OR {1}_id NOT IN "
                               "(SELECT {1}_id FROM {2})",
                               table, owner, owners)
                       .c_str());
    if (rows.with().step() && rows.integer(0) > 0) {
      add("", "", fmt::format("{} rows of {} belong to no {}", rows.integer(0), table, owner));
    }
  }
}

/// Optuna reads every attribute of a study before it shows any of it.
void FileChecker::check_attributes() {
  constexpr std::array kTables{
      "SELECT s.study_name, t.number, a.\"key\", a.value_json FROM trial_user_attributes a JOIN "
      "trials t ON t.trial_id = a.trial_id JOIN studies s ON s.study_id = t.study_id",
      "SELECT s.study_name, t.number, a.\"key\", a.value_json FROM trial_system_attributes a JOIN "
      "trials t ON t.trial_id = a.trial_id JOIN studies s ON s.study_id = t.study_id",
      "SELECT s.study_name, NULL, a.\"key\", a.value_json FROM study_user_attributes a JOIN "
      "studies s ON s.study_id = a.study_id",
      "SELECT s.study_name, NULL, a.\"key\", a.value_json FROM study_system_attributes a JOIN "
      "studies s ON s.study_id = a.study_id"};
  for (const char* const table : kTables) {
    Statement rows(*connection_, table);
    std::size_t found = 0;
    for (rows.with(); rows.step() && found < kMostOfAKind;) {
      if (rows.is_null(3) || parse(rows.text(3)) == nullptr) {
        ++found;
        add(rows.text(0), rows.is_null(1) ? "" : std::string(rows.text(1)),
            fmt::format("the attribute {} is not JSON", rows.text(2)));
      }
    }
  }
}

void FileChecker::check_parameters() {
  const bool has_records = has_side_tables(*connection_);
  Statement rows(
      *connection_,
      fmt::format(
          "SELECT s.study_name, t.number, p.param_name, p.param_value, p.distribution_json, "
          "s.study_id, typeof(p.param_value), {} FROM trial_params p JOIN trials t ON "
          "t.trial_id = p.trial_id JOIN studies s ON s.study_id = t.study_id {} ORDER BY "
          "t.trial_id, p.param_id",
          has_records ? "ifnull(a.params, '')" : "''",
          has_records ? "LEFT JOIN autoglm_study o ON o.study_id = s.study_id LEFT JOIN "
                        "autoglm_trial a ON a.study = o.study AND a.number = t.number"
                      : "")
          .c_str());
  std::map<std::pair<std::int64_t, std::string>, std::string> kinds;
  std::string record;  // of the trial that the rows are at
  std::unique_ptr<Json> recorded;
  std::size_t found = 0;
  for (rows.with(); rows.step() && found < kMostOfAKind;) {
    const std::string name(rows.text(2));
    if (rows.text(7) != record) {
      record = rows.text(7);
      recorded = parse(record);
    }
    const std::string problem = problem_with({.name = name,
                                              .storage_class = rows.text(6),
                                              .value = rows.real(3),
                                              .distribution = rows.text(4),
                                              .recorded = recorded.get()},
                                             kinds[{rows.integer(5), name}]);
    if (!problem.empty()) {
      ++found;
      add(rows.text(0), std::string(rows.text(1)), fmt::format("{}: {}", name, problem));
    }
  }
}

std::size_t FileChecker::count(const char* table) {
  Statement rows(*connection_, fmt::format("SELECT count(*) FROM {}", table).c_str());
  return rows.with().step() ? static_cast<std::size_t>(rows.integer(0)) : 0;
}

}  // namespace

FileCheck check_study_file(const std::string& path) { return FileChecker(path).run(); }

}  // namespace autoglm
