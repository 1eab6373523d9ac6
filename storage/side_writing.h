// A study's trials into our own tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/sqlite.h"
#include "storage/storage.h"

namespace autoglm {

/// Keeps its statements. Every method REQUIRES a transaction.
class SideWriter {
 public:
  /// `key`: of the study in our tables.
  SideWriter(Connection& connection, std::int64_t key);

  /// Whether the row of this number is of this very trial.
  enum class Found { none, same_trial, another_trial };
  Found find(const Trial& trial);

  void put(const TrialWrite& write);
  /// True: an earlier attempt than the trial's current one was the last to be written.
  bool begins_attempt(const Trial& trial);
  /// Of a trial without attempts.
  void drop_reports(std::int64_t number);
  void renumber(std::int64_t from, std::int64_t to);
  std::int64_t sequence();
  void raise_sequence(std::int64_t sequence);

 private:
  void put_attempts(const Trial& trial);
  void put_reports(const TrialWrite& write);

  Connection& connection_;
  std::int64_t key_ = 0;
  Statement identity_;
  Statement last_attempt_;
  Statement trial_;
  Statement attempt_;
  Statement metric_;
  Statement sequence_;
  Statement raise_sequence_;
};

}  // namespace autoglm
