#include "storage/optuna_writing.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <limits>

#include "storage/json_text.h"
#include "storage/optuna_rows.h"
#include "storage/trial_rows.h"

namespace autoglm {
namespace {

/// As a column of Optuna's holds it: NaN is stored as NULL, and so are infinities.
double finite_or_null(double value) {
  return std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
}

bool is_finished_row(const OptunaWriter::Row& row) {
  return row.state != "RUNNING" && row.state != "WAITING";
}

std::optional<std::string> time_or_null(TimeNs time) {
  return time == 0 ? std::nullopt : std::optional(optuna_time(time));
}

}  // namespace

OptunaWriter::OptunaWriter(Connection& connection, const StudyRecord& study)
    : connection_(connection),
      study_id_(study.id),
      metric_(metric_name(study, 0)),
      objectives_(study.goals.size()),
      choices_(connection, study.id),
      last_(connection,
            "SELECT number FROM trials WHERE study_id = ? ORDER BY trial_id DESC LIMIT 1"),
      by_id_(connection,
             "SELECT state FROM trials WHERE trial_id = ? AND study_id = ? AND number = ?"),
      by_number_(connection,
                 "SELECT trial_id, state FROM trials WHERE study_id = ? AND number = ? "
                 "ORDER BY trial_id DESC LIMIT 1"),
      insert_(connection, "INSERT INTO trials (number, study_id, state) VALUES (?, ?, 'WAITING')"),
      user_attribute_(
          connection,
          "INSERT INTO trial_user_attributes (trial_id, \"key\", value_json) VALUES (?, ?, ?) "
          "ON CONFLICT (trial_id, \"key\") DO UPDATE SET value_json = excluded.value_json"),
      system_attribute_(
          connection,
          "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) VALUES (?, ?, ?) "
          "ON CONFLICT (trial_id, \"key\") DO UPDATE SET value_json = excluded.value_json"),
      param_(connection,
             "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) "
             "VALUES (?, ?, ?, ?) ON CONFLICT (trial_id, param_name) DO UPDATE SET "
             "param_value = excluded.param_value, distribution_json = excluded.distribution_json"),
      intermediate_(connection,
                    "INSERT INTO trial_intermediate_values "
                    "(trial_id, step, intermediate_value, intermediate_value_type) "
                    "VALUES (?, ?, ?, ?) ON CONFLICT (trial_id, step) DO UPDATE SET "
                    "intermediate_value = excluded.intermediate_value, "
                    "intermediate_value_type = excluded.intermediate_value_type"),
      drop_intermediate_(connection, "DELETE FROM trial_intermediate_values WHERE trial_id = ?"),
      value_(connection,
             "INSERT INTO trial_values (trial_id, objective, value, value_type) "
             "VALUES (?, ?, ?, ?) ON CONFLICT (trial_id, objective) DO UPDATE SET "
             "value = excluded.value, value_type = excluded.value_type"),
      state_(connection,
             "UPDATE trials SET state = ?, datetime_start = ?, datetime_complete = ? "
             "WHERE trial_id = ? AND state IN ('WAITING', 'RUNNING')") {}

std::int64_t OptunaWriter::next_number() {
  std::int64_t next = 0;
  if (last_.with(study_id_).step()) {
    next = last_.integer(0) + 1;
    last_.reset();
  }
  return next;
}

std::optional<OptunaWriter::Row> OptunaWriter::find(std::int64_t number) {
  if (number >= next_number()) {
    return std::nullopt;
  }
  std::optional<Row> row;
  const auto known = trial_ids_.find(number);
  if (known != trial_ids_.end() && by_id_.with(known->second, study_id_, number).step()) {
    row = Row{.trial_id = known->second, .state = std::string(by_id_.text(0))};
    by_id_.reset();
  } else if (by_number_.with(study_id_, number).step()) {
    row = Row{.trial_id = by_number_.integer(0), .state = std::string(by_number_.text(1))};
    by_number_.reset();
    trial_ids_[number] = row->trial_id;
  }
  return row;
}

OptunaWriter::Row OptunaWriter::insert(std::int64_t number) {
  insert_.run(number, study_id_);
  Row row{.trial_id = sqlite3_last_insert_rowid(connection_.get()), .state = "WAITING"};
  trial_ids_[number] = row.trial_id;
  return row;
}

std::int64_t OptunaWriter::move_to_end(std::int64_t number, const Row& row) {
  const std::int64_t moved = next_number();
  const Row end = insert(moved);
  Statement(connection_,
            "UPDATE trials SET (state, datetime_start, datetime_complete) = (SELECT state, "
            "datetime_start, datetime_complete FROM trials WHERE trial_id = ?) WHERE trial_id = ?")
      .run(row.trial_id, end.trial_id);
  constexpr std::array kTables{
      "trial_user_attributes", "trial_system_attributes",   "trial_params",
      "trial_values",          "trial_intermediate_values", "trial_heartbeats"};
  for (const char* table : kTables) {
    Statement(connection_,
              fmt::format("UPDATE {} SET trial_id = ? WHERE trial_id = ?", table).c_str())
        .run(end.trial_id, row.trial_id);
  }
  Statement(connection_, "UPDATE trials SET state = 'WAITING' WHERE trial_id = ?")
      .run(row.trial_id);
  trial_ids_[number] = row.trial_id;
  return moved;
}

void OptunaWriter::put(const SearchSpace& space, const TrialWrite& write, const Row& row) {
  const Trial& trial = *write.trial;
  for (const auto& [name, json] : trial.user_attrs) {
    user_attribute_.run(row.trial_id, name, json);
  }
  if (is_finished_row(row)) {
    return;
  }
  if (trial.state == TrialState::waiting) {
    system_attribute_.run(row.trial_id, "fixed_params", lossless_json(trial.configuration));
  } else if (row.state == "WAITING") {
    put_params(space, trial, row.trial_id);
  }
  if (objectives_ == 1) {
    put_reports(write, row.trial_id);
  }
  if (is_finished(trial.state)) {
    if (!trial.reason.empty()) {
      user_attribute_.run(row.trial_id, "autoglm:reason", json_quoted(trial.reason));
    }
    put_values(trial, row.trial_id);
  }
  put_state(trial, row.trial_id);
}

void OptunaWriter::put_params(const SearchSpace& space, const Trial& trial, std::int64_t trial_id) {
  for (const auto& [name, value] : trial.configuration) {
    const Parameter* parameter = space.find(name);
    if (parameter != nullptr) {
      if (const auto* choice = std::get_if<Choice>(&parameter->domain)) {
        choices_.extend(name, *choice);
      }
      param_.run(trial_id, name, internal_value(parameter->domain, value),
                 distribution_json(parameter->domain));
    }
  }
}

void OptunaWriter::put_reports(const TrialWrite& write, std::int64_t trial_id) {
  for (const Report* report : write.reports) {
    if (const double* value = find_metric(report->metrics, metric_)) {
      intermediate_.run(trial_id, report->step, finite_or_null(*value), optuna_value_type(*value));
    }
  }
}

void OptunaWriter::drop_reports(std::int64_t trial_id) { drop_intermediate_.run(trial_id); }

// Complete trials have all their values; pruned ones with one objective have their last; others
// have none. Optuna knows no NaN here.
void OptunaWriter::put_values(const Trial& trial, std::int64_t trial_id) {
  const bool has_values = trial.state == TrialState::complete ||
                          (trial.state == TrialState::pruned && objectives_ == 1);
  if (!has_values) {
    return;
  }
  for (std::size_t i = 0; i < trial.values.size() && i < objectives_; ++i) {
    const double value = trial.values[i];
    if (!std::isnan(value)) {
      value_.run(trial_id, static_cast<std::int64_t>(i), finite_or_null(value),
                 optuna_value_type(value));
    }
  }
}

void OptunaWriter::put_state(const Trial& trial, std::int64_t trial_id) {
  const bool is_waiting = trial.state == TrialState::waiting;
  const TimeNs started = trial.started != 0 ? trial.started : trial.created;
  state_.run(optuna_state(trial.state),
             is_waiting ? std::nullopt : std::optional(optuna_time(started)),
             is_finished(trial.state) ? time_or_null(trial.finished) : std::nullopt, trial_id);
}

}  // namespace autoglm
