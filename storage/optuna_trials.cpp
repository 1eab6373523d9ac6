#include "storage/optuna_trials.h"

#include <fmt/format.h>

#include <algorithm>

#include "storage/trial_rows.h"

namespace autoglm {
namespace {

// Optuna's number of a parameter as a value; nothing where its choice does not exist.
std::optional<Value> external_value(const Distribution& distribution, double stored) {
  switch (distribution.kind) {
    case Distribution::Kind::integer:
      return static_cast<std::int64_t>(stored);
    case Distribution::Kind::categorical: {
      const auto index = static_cast<std::size_t>(stored);
      return stored >= 0 && index < distribution.choices.size()
                 ? std::optional(distribution.choices[index])
                 : std::nullopt;
    }
    case Distribution::Kind::number:
      break;
  }
  return stored;
}

}  // namespace

OptunaTrials::OptunaTrials(Connection& connection, const StudyRecord& study)
    : study_(study),
      path_(connection.path()),
      trials_(connection,
              "SELECT trial_id, number, state, datetime_start, datetime_complete FROM trials "
              "WHERE study_id = ? ORDER BY trial_id DESC"),
      fixed_(connection,
             "SELECT value_json FROM trial_system_attributes "
             "WHERE trial_id = ? AND \"key\" = 'fixed_params'"),
      params_(connection,
              "SELECT param_name, param_value, distribution_json FROM trial_params "
              "WHERE trial_id = ? ORDER BY param_id"),
      values_(connection,
              "SELECT value, value_type FROM trial_values WHERE trial_id = ? ORDER BY objective"),
      intermediate_(connection,
                    "SELECT step, intermediate_value, intermediate_value_type "
                    "FROM trial_intermediate_values WHERE trial_id = ? "
                    "ORDER BY trial_intermediate_value_id") {
  Statement library(connection, "SELECT library_version FROM version_info");
  if (library.with().step()) {
    zone_ = zone_of_library(library.text(0));
  }
}

std::vector<OptunaTrial> OptunaTrials::list(std::int64_t first, std::int64_t last) {
  std::vector<OptunaTrial> rows;
  // From the end, since it is the end that is asked for while a study runs.
  for (trials_.with(study_.id); trials_.step();) {
    if (trials_.integer(1) < first) {
      trials_.reset();
      break;
    }
    if (trials_.integer(1) > last) {
      continue;
    }
    rows.push_back({.trial_id = trials_.integer(0),
                    .number = trials_.integer(1),
                    .state = std::string(trials_.text(2)),
                    .started = time_from_optuna(trials_.text(3), zone_),
                    .finished = time_from_optuna(trials_.text(4), zone_)});
  }
  std::reverse(rows.begin(), rows.end());
  for (std::int64_t expected = first; const OptunaTrial& row : rows) {
    if (row.number != expected++) {
      throw StorageError(
          fmt::format("{}: study \"{}\": trial {} is missing or stands twice; go back to a copy",
                      path_, study_.name, expected - 1));
    }
  }
  return rows;
}

void OptunaTrials::read_into(const OptunaTrial& row, Trial& trial) {
  trial.state = state_from_optuna(row.state);
  trial.started = row.started;
  trial.finished = row.finished;
  trial.configuration = configuration(row);
  trial.partial = trial.state == TrialState::waiting;
  trial.external = trial.state == TrialState::running;
  read_reports(row, trial);
  read_values(row, trial);
}

Configuration OptunaTrials::configuration(const OptunaTrial& row) {
  Configuration configuration;
  if (row.state == optuna_state(TrialState::waiting) && fixed_.with(row.trial_id).step()) {
    configuration = configuration_from_json(fixed_.text(0));
    fixed_.reset();
  }
  for (params_.with(row.trial_id); params_.step();) {
    if (auto value = external_value(distribution(params_.text(2)), params_.real(1))) {
      configuration.set(params_.text(0), std::move(*value));
    }
  }
  return configuration;
}

void OptunaTrials::read_values(const OptunaTrial& row, Trial& trial) {
  trial.values.clear();
  for (values_.with(row.trial_id); values_.step();) {
    const double value = value_from_optuna(values_.text(1), values_.real(0));
    set_metric(trial.metrics, metric_name(study_, trial.values.size()), value);
    trial.values.push_back(value);
  }
}

void OptunaTrials::read_reports(const OptunaTrial& row, Trial& trial) {
  trial.reports.clear();
  const std::string name = metric_name(study_, 0);
  for (intermediate_.with(row.trial_id); intermediate_.step();) {
    const double value = value_from_optuna(intermediate_.text(2), intermediate_.real(1));
    trial.reports.push_back({.step = intermediate_.integer(0), .metrics = {{name, value}}});
    set_metric(trial.metrics, name, value);
  }
}

const Distribution& OptunaTrials::distribution(std::string_view json) {
  const auto [found, is_new] = distributions_.try_emplace(std::string(json));
  if (is_new) {
    found->second = distribution_from_json(json);
  }
  return found->second;
}

}  // namespace autoglm
