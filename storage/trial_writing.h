// A study's trials into the file: our rows and Optuna's in one transaction.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <span>
#include <string>

#include "search_space/search_space.h"
#include "storage/optuna_writing.h"
#include "storage/side_writing.h"
#include "storage/sqlite.h"
#include "storage/storage.h"

namespace autoglm {

/// The trials of a study that its tuner has read or written. What stands under such a number is
/// what it means; under another number its new trial meets a stranger's.
class KnownTrials {
 public:
  void add(std::int64_t number) { numbers_.insert(number); }
  void add_below(std::int64_t number) { below_ = std::max(below_, number); }
  bool contains(std::int64_t number) const { return number < below_ || numbers_.contains(number); }

 private:
  std::int64_t below_ = 0;
  std::set<std::int64_t> numbers_{};
};

class TrialWriter {
 public:
  /// `key`: of the study in our tables. `known` must outlive the writer.
  TrialWriter(Connection& connection, const StudyRecord& study, std::int64_t key,
              const KnownTrials& known);

  /// Whether the study is still there under its id and name. REQUIRES: in a transaction, as
  /// write().
  bool is_current();

  /// REQUIRES: as write().
  std::int64_t next_number() { return optuna_.next_number(); }
  /// The number that the study's next event gets, as the file has it. REQUIRES: as write().
  std::int64_t sequence() { return side_.sequence(); }

  /// See Storage::write. True: trials of others moved to other numbers.
  bool write(const SearchSpace& space, std::span<const TrialWrite> writes, std::int64_t sequence);

 private:
  OptunaWriter::Row place(const TrialWrite& write);
  [[noreturn]] void refuse(const std::string& what) const;

  StudyRecord study_;
  std::string path_;
  std::int64_t key_ = 0;
  const KnownTrials& known_;
  bool moved_ = false;
  OptunaWriter optuna_;
  SideWriter side_;
  Statement current_;
};

}  // namespace autoglm
