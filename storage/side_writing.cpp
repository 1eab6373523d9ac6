#include "storage/side_writing.h"

#include <fmt/format.h>

#include <array>

#include "storage/json_text.h"
#include "storage/trial_rows.h"

namespace autoglm {

SideWriter::SideWriter(Connection& connection, std::int64_t key)
    : connection_(connection),
      key_(key),
      identity_(connection,
                "SELECT created, origin FROM autoglm_trial WHERE study = ? AND number = ?"),
      last_attempt_(connection,
                    "SELECT max(attempt) FROM autoglm_attempt WHERE study = ? AND number = ?"),
      trial_(connection,
             "INSERT OR REPLACE INTO autoglm_trial (study, number, state, reason, origin, partial, "
             "external, params, metrics, \"values\", seed, failures, searcher, why, chosen_with, "
             "seen, "
             "asked_sequence, finished_sequence, created, started, finished) VALUES "
             "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      attempt_(connection,
               "INSERT OR REPLACE INTO autoglm_attempt (study, number, attempt, repeat, seed, "
               "directory, pid, started, finished, outcome, user_seconds, system_seconds, "
               "peak_memory_bytes, \"values\") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      metric_(connection,
              "INSERT INTO autoglm_metric (study, number, attempt, step, name, value, sequence, "
              "time) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
              "ON CONFLICT (study, number, attempt, step, name) DO UPDATE SET "
              "value = excluded.value, sequence = excluded.sequence, time = excluded.time"),
      sequence_(connection, "SELECT sequence FROM autoglm_study WHERE study = ?"),
      raise_sequence_(connection,
                      "UPDATE autoglm_study SET sequence = max(sequence, ?) WHERE study = ?") {}

SideWriter::Found SideWriter::find(const Trial& trial) {
  if (!identity_.with(key_, trial.number).step()) {
    return Found::none;
  }
  const bool is_same =
      identity_.integer(0) == trial.created && identity_.text(1) == to_string(trial.origin);
  identity_.reset();
  return is_same ? Found::same_trial : Found::another_trial;
}

void SideWriter::put(const TrialWrite& write) {
  const Trial& trial = *write.trial;
  trial_.run(key_, trial.number, to_string(trial.state), trial.reason, to_string(trial.origin),
             trial.partial, trial.external, lossless_json(trial.configuration),
             metrics_json(trial.metrics), numbers_json(trial.values),
             static_cast<std::int64_t>(trial.seed), trial.failures, trial.searcher, trial.why,
             trial.chosen_with, trial.seen, trial.asked_sequence, trial.finished_sequence,
             trial.created, trial.started, trial.finished);
  put_attempts(trial);
  put_reports(write);
}

bool SideWriter::begins_attempt(const Trial& trial) {
  bool begins = false;
  if (last_attempt_.with(key_, trial.number).step()) {
    begins = !last_attempt_.is_null(0) && last_attempt_.integer(0) < current_attempt(trial);
    last_attempt_.reset();
  }
  return begins;
}

void SideWriter::put_attempts(const Trial& trial) {
  for (const Attempt& attempt : trial.attempts) {
    attempt_.run(key_, trial.number, attempt.number, attempt.repeat,
                 static_cast<std::int64_t>(attempt.seed), attempt.directory, attempt.pid,
                 attempt.started, attempt.finished, attempt.outcome, attempt.user_seconds,
                 attempt.system_seconds, attempt.peak_memory_bytes, numbers_json(attempt.values));
  }
}

void SideWriter::put_reports(const TrialWrite& write) {
  const int attempt = current_attempt(*write.trial);
  for (const Report* report : write.reports) {
    for (const auto& [name, value] : report->metrics) {
      metric_.run(key_, write.trial->number, attempt, report->step, name, value, report->sequence,
                  report->time);
    }
  }
}

void SideWriter::drop_reports(std::int64_t number) {
  Statement(connection_, "DELETE FROM autoglm_metric WHERE study = ? AND number = ?")
      .run(key_, number);
}

void SideWriter::renumber(std::int64_t from, std::int64_t to) {
  for (const char* table : {"autoglm_trial", "autoglm_attempt", "autoglm_metric"}) {
    Statement(connection_,
              fmt::format("UPDATE {} SET number = ? WHERE study = ? AND number = ?", table).c_str())
        .run(to, key_, from);
  }
}

std::int64_t SideWriter::sequence() {
  const std::int64_t next = sequence_.with(key_).step() ? sequence_.integer(0) : 0;
  sequence_.reset();
  return next;
}

void SideWriter::raise_sequence(std::int64_t sequence) { raise_sequence_.run(sequence, key_); }

}  // namespace autoglm
