// The rows of studies: Optuna's and ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/sqlite.h"
#include "storage/storage.h"

namespace autoglm {

/// What reads runs by itself; what writes REQUIRES a transaction and the side tables.
class StudyRows {
 public:
  explicit StudyRows(Connection& connection) : connection_(connection) {}

  std::vector<StudyRecord> list();
  std::optional<StudyRecord> find(const std::string& name);
  StudyRecord create(StudyRecord record);
  StudyRecord update(StudyRecord record);

  /// The key of the study in our tables; nothing when it has no rows there.
  std::optional<std::int64_t> find_key(const StudyRecord& record);
  /// The same, made when it is missing. Throws when the study is gone from the file.
  std::int64_t require_key(const StudyRecord& record);

 private:
  void read_goals(StudyRecord& record);
  void read_side_row(StudyRecord& record, std::int64_t key);
  void write_attributes(const StudyRecord& record);
  std::int64_t insert_side_row(const StudyRecord& record);

  Connection& connection_;
};

}  // namespace autoglm
