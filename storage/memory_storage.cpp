// Storage for a conversation: nothing is kept.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "optimizer/attempts.h"
#include "storage/storage.h"
#include "storage/trial_rows.h"

namespace autoglm {
namespace {

class MemoryStorage : public Storage {
 public:
  std::vector<StudyRecord> studies() override;
  std::optional<StudyRecord> find(const std::string& name) override;
  StudyRecord create(StudyRecord record) override;
  StudyRecord update(StudyRecord record) override;
  std::vector<Trial> trials(const StudyRecord& study) override { return at(study).trials; }
  bool claim(const StudyRecord& study, const Holder& holder) override;
  void release(const StudyRecord& study) override { at(study).holder.reset(); }
  std::optional<std::string> holder_of(const StudyRecord& study) override;
  void write(const StudyRecord& study, const SearchSpace& space, std::span<const TrialWrite> writes,
             std::int64_t sequence) override;
  /// No other program can reach it.
  std::vector<Trial> arrived(const StudyRecord& /*study*/, std::int64_t /*first*/,
                             std::span<const std::int64_t> /*watched*/) override {
    return {};
  }
  bool may_have_arrived() override { return false; }
  std::optional<Trial> find_trial(const StudyRecord& study, std::int64_t number) override;
  std::int64_t append(const StudyRecord& study, Trial trial) override;
  std::optional<Trial> revise(const StudyRecord& study, std::int64_t number,
                              const Revision& revision) override;
  void lend(const StudyRecord& /*study*/, std::span<const std::int64_t> /*trials*/,
            TimeNs /*until*/) override {}
  std::vector<std::int64_t> overdue(const StudyRecord& /*study*/, TimeNs /*now*/) override {
    return {};
  }
  void take_turn() override {}
  void end_turn() override {}
  void close() override {}

 private:
  struct Kept {
    StudyRecord record{};
    std::vector<Trial> trials{};
    std::optional<Holder> holder{};
  };
  Kept& at(const StudyRecord& study);

  std::map<std::int64_t, Kept> studies_{};
};

void merge_reports(std::vector<Report>& reports, const std::vector<const Report*>& changed) {
  for (const Report* report : changed) {
    const auto found =
        std::find_if(reports.rbegin(), reports.rend(),
                     [report](const Report& known) { return known.step == report->step; });
    if (found != reports.rend()) {
      *found = *report;
    } else {
      reports.push_back(*report);
    }
  }
}

MemoryStorage::Kept& MemoryStorage::at(const StudyRecord& study) {
  const auto found = studies_.find(study.id);
  if (found == studies_.end()) {
    throw StorageError(fmt::format("there is no study \"{}\"", study.name));
  }
  return found->second;
}

std::vector<StudyRecord> MemoryStorage::studies() {
  std::vector<StudyRecord> records;
  for (const auto& [id, kept] : studies_) {
    records.push_back(kept.record);
  }
  return records;
}

std::optional<StudyRecord> MemoryStorage::find(const std::string& name) {
  for (const auto& [id, kept] : studies_) {
    if (kept.record.name == name) {
      return kept.record;
    }
  }
  return std::nullopt;
}

StudyRecord MemoryStorage::create(StudyRecord record) {
  if (find(record.name)) {
    throw StorageError(
        fmt::format("has a study \"{}\" already; give this one another name", record.name));
  }
  record.id = static_cast<std::int64_t>(studies_.size()) + 1;
  record.uuid = fmt::format("memory-{}", record.id);
  if (record.created == 0) {
    record.created = time_now();
  }
  studies_[record.id].record = record;
  return record;
}

StudyRecord MemoryStorage::update(StudyRecord record) {
  StudyRecord& kept = at(record).record;
  record.sequence = kept.sequence;
  kept = record;
  return record;
}

bool MemoryStorage::claim(const StudyRecord& study, const Holder& holder) {
  at(study).holder = holder;
  return false;
}

std::optional<std::string> MemoryStorage::holder_of(const StudyRecord& study) {
  const std::optional<Holder>& holder = at(study).holder;
  return holder ? std::optional(fmt::format("process {} ({})", holder->pid, holder->command))
                : std::nullopt;
}

void MemoryStorage::write(const StudyRecord& study, const SearchSpace& /*space*/,
                          std::span<const TrialWrite> writes, std::int64_t sequence) {
  Kept& kept = at(study);
  for (const TrialWrite& write : writes) {
    const std::int64_t number = write.trial->number;
    const auto next = static_cast<std::int64_t>(kept.trials.size());
    if (number > next) {
      throw StorageError(fmt::format("study \"{}\": trial {} cannot follow trial {}; this is a bug",
                                     study.name, number, next - 1));
    }
    if (number == next) {
      kept.trials.emplace_back();
    }
    Trial& trial = kept.trials[static_cast<std::size_t>(number)];
    const bool stand = reports_stand(*write.trial, current_attempt(trial));
    std::vector<Report> reports = stand ? std::move(trial.reports) : std::vector<Report>();
    merge_reports(reports, write.reports);
    trial = *write.trial;
    trial.reports = std::move(reports);
  }
  kept.record.sequence = std::max(kept.record.sequence, sequence);
}

std::optional<Trial> MemoryStorage::find_trial(const StudyRecord& study, std::int64_t number) {
  const std::vector<Trial>& trials = at(study).trials;
  const bool exists = number >= 0 && number < static_cast<std::int64_t>(trials.size());
  return exists ? std::optional(trials[static_cast<std::size_t>(number)]) : std::nullopt;
}

std::int64_t MemoryStorage::append(const StudyRecord& study, Trial trial) {
  std::vector<Trial>& trials = at(study).trials;
  trial.number = static_cast<std::int64_t>(trials.size());
  return trials.emplace_back(std::move(trial)).number;
}

std::optional<Trial> MemoryStorage::revise(const StudyRecord& study, std::int64_t number,
                                           const Revision& revision) {
  std::optional<Trial> trial = find_trial(study, number);
  if (trial) {
    revision(*trial, at(study).record.sequence++);
    at(study).trials[static_cast<std::size_t>(number)] = *trial;
  }
  return trial;
}

}  // namespace

std::unique_ptr<Storage> make_memory_storage() { return std::make_unique<MemoryStorage>(); }

}  // namespace autoglm
