#include "storage/trial_writing.h"

#include <fmt/format.h>

#include "optimizer/attempts.h"

namespace autoglm {
namespace {

// From a checkpoint: then what came before it stands.
bool continues(const Trial& trial) {
  return !trial.attempts.empty() && checkpoint_of(trial, trial.attempts.back().repeat) != nullptr;
}

// Whoever asked for it did not tell it; what was reported of it is the next one's to say.
bool is_put_back_without_attempts(const TrialWrite& write) {
  return !write.created && write.trial->state == TrialState::waiting &&
         write.trial->attempts.empty();
}

}  // namespace

TrialWriter::TrialWriter(Connection& connection, const StudyRecord& study, std::int64_t key,
                         const KnownTrials& known)
    : study_(study),
      path_(connection.path()),
      key_(key),
      known_(known),
      optuna_(connection, study),
      side_(connection, key),
      current_(connection,
               "SELECT 1 FROM autoglm_study s JOIN studies t ON t.study_id = s.study_id "
               "JOIN study_user_attributes a ON a.study_id = s.study_id "
               "WHERE s.study = ? AND t.study_id = ? AND t.study_name = ? "
               "AND a.\"key\" = 'autoglm:study_uuid' AND a.value_json = '\"' || s.uuid || '\"'") {}

bool TrialWriter::is_current() {
  const bool is_there = current_.with(key_, study_.id, study_.name).step();
  current_.reset();
  return is_there;
}

bool TrialWriter::write(const SearchSpace& space, std::span<const TrialWrite> writes,
                        std::int64_t sequence) {
  moved_ = false;
  for (const TrialWrite& write : writes) {
    const OptunaWriter::Row row = place(write);
    if (side_.begins_attempt(*write.trial) && !continues(*write.trial)) {
      optuna_.drop_reports(row.trial_id);
    }
    if (is_put_back_without_attempts(write)) {
      optuna_.drop_reports(row.trial_id);
      side_.drop_reports(write.trial->number);
    }
    optuna_.put(space, write, row);
    side_.put(write);
  }
  side_.raise_sequence(sequence);
  return moved_;
}

// The row that the trial goes to.
OptunaWriter::Row TrialWriter::place(const TrialWrite& write) {
  const std::int64_t number = write.trial->number;
  std::optional<OptunaWriter::Row> row = optuna_.find(number);
  if (!row) {
    const std::int64_t next = optuna_.next_number();
    if (number != next) {
      refuse(fmt::format("trial {} cannot follow trial {}; this is a bug", number, next - 1));
    }
    return optuna_.insert(number);
  }
  const bool is_ours = !write.created || known_.contains(number) ||
                       side_.find(*write.trial) == SideWriter::Found::same_trial;
  if (is_ours) {
    return *row;
  }
  if (row->state == "RUNNING") {
    refuse(
        fmt::format("another program began trial {} meanwhile; while autoglm runs a study, "
                    "others may read and enqueue, not run trials",
                    number));
  }
  side_.renumber(number, optuna_.move_to_end(number, *row));
  row->state = "WAITING";
  moved_ = true;
  return *row;
}

void TrialWriter::refuse(const std::string& what) const {
  throw StorageError(fmt::format("{}: study \"{}\": {}", path_, study_.name, what));
}

}  // namespace autoglm
