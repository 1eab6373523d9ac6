#include "storage/recorder.h"

#include "storage/trial_rows.h"

namespace autoglm {
namespace {

constexpr std::chrono::milliseconds kReportInterval{100};

// Copying the reports of a long trial at each of its events would take quadratic time.
Trial without_reports(const Trial& trial) {
  return {.number = trial.number,
          .configuration = trial.configuration,
          .partial = trial.partial,
          .state = trial.state,
          .reason = trial.reason,
          .origin = trial.origin,
          .seed = trial.seed,
          .attempts = trial.attempts,
          .failures = trial.failures,
          .metrics = trial.metrics,
          .values = trial.values,
          .user_attrs = trial.user_attrs,
          .why = trial.why,
          .searcher = trial.searcher,
          .chosen_with = trial.chosen_with,
          .seen = trial.seen,
          .asked_sequence = trial.asked_sequence,
          .finished_sequence = trial.finished_sequence,
          .created = trial.created,
          .started = trial.started,
          .finished = trial.finished,
          .external = trial.external};
}

bool may_wait(EventKind kind) { return kind == EventKind::reported || kind == EventKind::launched; }

}  // namespace

Recorder::Recorder(Storage& storage, const StudyRecord& study, const SearchSpace& space)
    : storage_(storage), study_(study), space_(space), sequence_(study.sequence) {}

void Recorder::on_event(const StudyEvent& event) {
  const auto known = pending_.find(event.trial.number);
  if (known != pending_.end() && !known->second.reports.empty() &&
      current_attempt(known->second.trial) != current_attempt(event.trial)) {
    write();  // they belong to the attempt before
  }
  Pending& pending = pending_[event.trial.number];
  pending.trial = without_reports(event.trial);
  pending.created |= event.kind == EventKind::enqueued || event.kind == EventKind::asked;
  if (event.report != nullptr) {
    pending.reports.push_back(*event.report);
  }
  sequence_ = event.sequence + 1;
  urgent_ |= !may_wait(event.kind);
}

void Recorder::flush() {
  const bool due = std::chrono::steady_clock::now() - last_write_ >= kReportInterval;
  if (!pending_.empty() && (urgent_ || due)) {
    write();
  }
}

void Recorder::write() {
  std::vector<TrialWrite> writes;
  for (const auto& [number, pending] : pending_) {
    TrialWrite& write = writes.emplace_back();
    write.trial = &pending.trial;
    write.created = pending.created;
    for (const Report& report : pending.reports) {
      write.reports.push_back(&report);
    }
  }
  storage_.write(study_, space_, writes, sequence_);
  pending_.clear();
  urgent_ = false;
  last_write_ = std::chrono::steady_clock::now();
}

}  // namespace autoglm
