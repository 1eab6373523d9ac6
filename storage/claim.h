// Who tunes a study: one live process at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/claim_lock.h"
#include "storage/sqlite.h"
#include "storage/storage.h"

namespace autoglm {

/// The claims in one file. A holder is dead when its machine was started anew, or when no process
/// has its number and start time and none holds its lock; nothing is guessed from the passing of
/// time. One on another host (another name and another boot) cannot be looked at and counts as
/// live.
class Claims {
 public:
  /// Neither is owned.
  Claims(Connection& connection, ClaimLock& lock) : connection_(connection), lock_(lock) {}

  /// Makes this process the holder of `study` (the key of autoglm_study); true: it took over from a
  /// dead one. Waits a few seconds for the guardian of a dead one, which still ends its trials.
  /// Throws StudyHeldError. Not inside a transaction.
  bool take(std::int64_t study, const std::string& study_name, const Holder& holder);

  /// Gives up what this process holds; nothing when it holds nothing.
  void release(std::int64_t study);

  /// "process 4242 (tune, since 2026-11-22 06:57:43 UTC)"; nothing when no live process holds it.
  std::optional<std::string> live_holder(std::int64_t study);

 private:
  struct Row;
  enum class Standing {
    free,
    ours,
    alive,
    locked,  // no such process is to be seen, but its lock is held: it runs in another container,
             // or has just died, and a child at its start has not yet closed its copy of the lock
    dead,
    dead_but_guarded
  };
  std::optional<Row> read(std::int64_t study);
  Standing standing(std::int64_t study, const std::optional<Row>& row) const;
  void write(std::int64_t study, const Holder& holder, TimeNs since);
  [[noreturn]] void refuse(const std::string& study_name, const Row& row, Standing standing) const;

  Connection& connection_;
  ClaimLock& lock_;
};

}  // namespace autoglm
