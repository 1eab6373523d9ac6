// Trials from their rows: ours where they are up to date, else Optuna's.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "storage/optuna_trials.h"
#include "storage/sqlite.h"
#include "storage/storage.h"

namespace autoglm {

/// One reading. REQUIRES: in a transaction, so that all tables are of one moment.
class TrialReader {
 public:
  /// `key`: of the study in our tables; none: it has no rows there. `study` must outlive this.
  TrialReader(Connection& connection, const StudyRecord& study, std::optional<std::int64_t> key);

  static constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

  /// The trials from `first` to `last`, by number.
  std::vector<Trial> read(std::int64_t first, std::int64_t last = kLast);

 private:
  void read_side_rows();
  void read_attempts();
  void read_metrics();
  void read_facts();  // of trials that were exported to Optuna and have no rows of ours
  void read_user_attributes();
  Trial* at(std::int64_t number);  // nullptr: not among those read

  Connection& connection_;
  const StudyRecord& study_;
  std::optional<std::int64_t> key_;
  std::int64_t first_ = 0;
  std::int64_t last_ = kLast;
  std::vector<Trial> trials_{};
  std::vector<bool> has_side_row_{};
};

}  // namespace autoglm
