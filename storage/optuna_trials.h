// Trials as Optuna's tables have them.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "optimizer/trial.h"
#include "storage/json_text.h"
#include "storage/optuna_rows.h"
#include "storage/sqlite.h"
#include "storage/storage.h"

namespace autoglm {

/// A row of `trials`.
struct OptunaTrial {
  std::int64_t trial_id = 0;
  std::int64_t number = 0;
  std::string state{};
  TimeNs started = 0;
  TimeNs finished = 0;
};

class OptunaTrials {
 public:
  /// `study` must outlive this.
  OptunaTrials(Connection& connection, const StudyRecord& study);

  /// From `first` to `last`, by number. Throws StorageError unless the numbers are dense.
  std::vector<OptunaTrial> list(std::int64_t first, std::int64_t last);

  /// Fills in what `row` and its parameters, values and intermediate values say.
  void read_into(const OptunaTrial& row, Trial& trial);

 private:
  Configuration configuration(const OptunaTrial& row);
  void read_values(const OptunaTrial& row, Trial& trial);
  void read_reports(const OptunaTrial& row, Trial& trial);
  const Distribution& distribution(std::string_view json);

  const StudyRecord& study_;
  std::string path_;
  TimeZone zone_ = TimeZone::utc;
  Statement trials_;
  Statement fixed_;
  Statement params_;
  Statement values_;
  Statement intermediate_;
  std::unordered_map<std::string, Distribution> distributions_{};  // few differ, many rows
};

}  // namespace autoglm
