// Shows other processes of this machine that the holder of a study lives, also where they cannot
// see its process number: from another container.
#pragma once

#include <cstdint>
#include <string>

namespace autoglm {

/// Locks of the open file description on bytes of the study file far beyond its end, one a study:
/// the kernel gives them up when their process ends, however it ends.
///
/// Closing any descriptor of a file also gives up this process's other locks on it, which SQLite
/// relies on: a ClaimLock must outlive the connection to its file.
class ClaimLock {
 public:
  explicit ClaimLock(const std::string& path);
  ~ClaimLock();
  ClaimLock(const ClaimLock&) = delete;
  ClaimLock& operator=(const ClaimLock&) = delete;

  /// False: another one has it.
  bool take(std::int64_t study);
  void release(std::int64_t study);
  bool is_held_by_another(std::int64_t study) const;

  /// One process at a time has the turn in this file; the others sleep until it is theirs.
  void take_turn();
  void end_turn();

 private:
  int file_ = -1;
};

}  // namespace autoglm
