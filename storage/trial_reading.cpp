#include "storage/trial_reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "optimizer/attempts.h"
#include "storage/json_text.h"
#include "storage/side_tables.h"
#include "storage/travel_facts.h"
#include "storage/trial_rows.h"

namespace autoglm {
namespace {

TrialOrigin origin_from(std::string_view text) {
  for (const TrialOrigin origin :
       {TrialOrigin::searcher, TrialOrigin::initial, TrialOrigin::enqueued}) {
    if (text == to_string(origin)) {
      return origin;
    }
  }
  return TrialOrigin::foreign;
}

Report& report_at(std::vector<Report>& reports, std::int64_t step) {
  // Steps nearly always ascend: look from the end.
  const auto found = std::find_if(reports.rbegin(), reports.rend(),
                                  [step](const Report& report) { return report.step == step; });
  return found != reports.rend() ? *found : reports.emplace_back(Report{.step = step});
}

// Another program changed the trial after our last write: `now` is what Optuna's rows say.
void take_changes(Trial&& now, Trial& trial) {
  trial.reason = is_finished(now.state)
                     ? fmt::format("ended by another program while {}", to_string(trial.state))
                     : "";
  trial.state = now.state;
  trial.started = now.started;
  trial.finished = now.finished;
  trial.external = now.external;
  trial.values = std::move(now.values);
  for (const auto& [name, value] : now.metrics) {
    set_metric(trial.metrics, name, value);
  }
  if (trial.partial) {
    trial.partial = now.partial;
    trial.configuration = std::move(now.configuration);
  }
  if (trial.reports.empty()) {
    trial.reports = std::move(now.reports);
  }
}

}  // namespace

TrialReader::TrialReader(Connection& connection, const StudyRecord& study,
                         std::optional<std::int64_t> key)
    : connection_(connection), study_(study), key_(key) {}

std::vector<Trial> TrialReader::read(std::int64_t first, std::int64_t last) {
  first_ = first;
  last_ = last;
  OptunaTrials optuna(connection_, study_);
  const std::vector<OptunaTrial> rows = optuna.list(first, last);
  trials_.reserve(rows.size());
  for (const OptunaTrial& row : rows) {
    trials_.push_back(
        {.number = row.number, .origin = TrialOrigin::foreign, .created = row.started});
  }
  has_side_row_.assign(rows.size(), false);
  if (key_ && !rows.empty()) {
    read_side_rows();
    read_attempts();
    read_metrics();
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!has_side_row_[i]) {
      optuna.read_into(rows[i], trials_[i]);
    } else if (rows[i].state != optuna_state(trials_[i].state)) {
      Trial now;
      optuna.read_into(rows[i], now);
      take_changes(std::move(now), trials_[i]);
    }
  }
  read_facts();
  read_user_attributes();
  return std::move(trials_);
}

Trial* TrialReader::at(std::int64_t number) {
  const auto index = static_cast<std::size_t>(number - first_);
  return number >= first_ && index < trials_.size() ? &trials_[index] : nullptr;
}

void TrialReader::read_side_rows() {
  Statement rows(
      connection_,
      fmt::format("SELECT number, state, reason, origin, partial, external, params, metrics, "
                  "\"values\", seed, failures, searcher, why, seen, asked_sequence, "
                  "finished_sequence, created, started, finished, {} FROM autoglm_trial "
                  "WHERE study = ? AND number BETWEEN ? AND ? ORDER BY number",
                  column_or_empty(connection_, "autoglm_trial", "chosen_with"))
          .c_str());
  for (rows.with(*key_, first_, last_); rows.step();) {
    Trial* trial = at(rows.integer(0));
    if (trial == nullptr) {
      continue;
    }
    has_side_row_[static_cast<std::size_t>(trial->number - first_)] = true;
    trial->state = trial_state_from(rows.text(1)).value_or(TrialState::failed);
    trial->reason = rows.text(2);
    trial->origin = origin_from(rows.text(3));
    trial->partial = rows.integer(4) != 0;
    trial->external = rows.integer(5) != 0;
    trial->configuration = configuration_from_json(rows.text(6));
    trial->metrics = metrics_from_json(rows.text(7));
    trial->values = numbers_from_json(rows.text(8));
    trial->seed = static_cast<std::uint64_t>(rows.integer(9));
    trial->failures = static_cast<int>(rows.integer(10));
    trial->searcher = rows.text(11);
    trial->why = rows.text(12);
    trial->seen = rows.integer(13);
    trial->asked_sequence = rows.integer(14);
    trial->finished_sequence = rows.integer(15);
    trial->created = rows.integer(16);
    trial->started = rows.integer(17);
    trial->finished = rows.integer(18);
    trial->chosen_with = rows.text(19);
  }
}

void TrialReader::read_attempts() {
  Statement rows(connection_,
                 "SELECT number, attempt, repeat, seed, directory, pid, started, finished, "
                 "outcome, user_seconds, system_seconds, peak_memory_bytes, \"values\" "
                 "FROM autoglm_attempt WHERE study = ? AND number BETWEEN ? AND ? "
                 "ORDER BY number, attempt");
  for (rows.with(*key_, first_, last_); rows.step();) {
    Trial* trial = at(rows.integer(0));
    if (trial == nullptr) {
      continue;
    }
    Attempt& attempt = trial->attempts.emplace_back();
    attempt.number = static_cast<int>(rows.integer(1));
    attempt.repeat = static_cast<int>(rows.integer(2));
    attempt.seed = static_cast<std::uint64_t>(rows.integer(3));
    attempt.directory = rows.text(4);
    attempt.pid = rows.integer(5);
    attempt.started = rows.integer(6);
    attempt.finished = rows.integer(7);
    attempt.outcome = rows.text(8);
    attempt.user_seconds = rows.real(9);
    attempt.system_seconds = rows.real(10);
    attempt.peak_memory_bytes = rows.integer(11);
    attempt.values = numbers_from_json(rows.text(12));
  }
}

void TrialReader::read_metrics() {
  // In the order of arrival. For a whole study the table as it lies is faster than its index.
  constexpr const char* kAll =
      "SELECT number, attempt, step, name, value, sequence, time FROM autoglm_metric NOT INDEXED "
      "WHERE study = ? AND number BETWEEN ? AND ? ORDER BY metric";
  constexpr const char* kSome =
      "SELECT number, attempt, step, name, value, sequence, time FROM autoglm_metric "
      "WHERE study = ? AND number BETWEEN ? AND ? ORDER BY metric";
  Statement rows(connection_, first_ == 0 && last_ == kLast ? kAll : kSome);
  for (rows.with(*key_, first_, last_); rows.step();) {
    Trial* trial = at(rows.integer(0));
    if (trial == nullptr || !reports_stand(*trial, static_cast<int>(rows.integer(1)))) {
      continue;
    }
    Report& report = report_at(trial->reports, rows.integer(2));
    const double value = rows.is_null(4) ? std::numeric_limits<double>::quiet_NaN() : rows.real(4);
    set_metric(report.metrics, rows.text(3), value);
    report.sequence = std::max(report.sequence, rows.integer(5));
    report.time = std::max(report.time, rows.integer(6));
  }
}

void TrialReader::read_facts() {
  if (std::find(has_side_row_.begin(), has_side_row_.end(), false) == has_side_row_.end()) {
    return;
  }
  Statement rows(connection_,
                 "SELECT t.number, a.value_json FROM trials t "
                 "JOIN trial_system_attributes a ON a.trial_id = t.trial_id "
                 "WHERE t.study_id = ? AND t.number >= ? AND a.\"key\" = ?");
  for (rows.with(study_.id, first_, kTrialFacts); rows.step();) {
    Trial* trial = at(rows.integer(0));
    if (trial != nullptr && !has_side_row_[static_cast<std::size_t>(trial->number - first_)]) {
      take_trial_facts(rows.text(1), *trial);
    }
  }
}

void TrialReader::read_user_attributes() {
  Statement rows(connection_,
                 "SELECT t.number, a.\"key\", a.value_json FROM trials t "
                 "JOIN trial_user_attributes a ON a.trial_id = t.trial_id "
                 "WHERE t.study_id = ? AND t.number BETWEEN ? AND ? "
                 "ORDER BY t.trial_id, a.trial_user_attribute_id");
  for (rows.with(study_.id, first_, last_); rows.step();) {
    Trial* trial = at(rows.integer(0));
    if (trial != nullptr && !rows.text(1).starts_with("autoglm:")) {
      trial->user_attrs.emplace_back(rows.text(1), rows.text(2));
    }
  }
}

}  // namespace autoglm
