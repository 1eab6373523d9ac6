// Who tunes a study: one live process at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/sqlite.h"
#include "storage/storage.h"

namespace autoglm {

/// The claims in one file. A holder is dead when its machine was started anew or no process has
/// its number and start time; nothing is guessed from the passing of time. One on another host
/// (another name and another boot) cannot be looked at and counts as live.
class Claims {
 public:
  explicit Claims(Connection& connection) : connection_(connection) {}

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
  std::optional<Row> read(std::int64_t study);
  void write(std::int64_t study, const Holder& holder, TimeNs since);

  Connection& connection_;
};

}  // namespace autoglm
