// A run's share of a device's memory, which keeps runs apart whose needs do not fit together.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace autoglm {

/// The memory of a device stands for the bytes of a file, one for each MiB; a share is as many of
/// them, locked. Locks are the kernel's, of an open file (fcntl(2), "Open file description locks"):
/// they end with the process, however it ends. Nothing is ever written.
class MemoryReservation {
 public:
  /// All runs on a device name the same `file`; it is made where it is not. Throws
  /// std::runtime_error, as all of these do: the file, why, and what to do.
  explicit MemoryReservation(const std::string& file);
  /// Gives the share back.
  ~MemoryReservation();
  MemoryReservation(const MemoryReservation&) = delete;
  MemoryReservation& operator=(const MemoryReservation&) = delete;

  /// Whether `bytes` of `capacity` were left, and are ours now; nothing is taken if not. REQUIRES:
  /// no share is held yet; bytes <= capacity.
  bool take(std::uint64_t bytes, std::uint64_t capacity);

  /// Takes the share as soon as there is room, those who came earlier first (they stand in a row;
  /// beyond the 1024 that it holds, and among those who come at one moment, in any order).
  /// `waiting` is called once if there is none at first. False: `stop` said so meanwhile.
  /// REQUIRES: bytes <= capacity.
  bool wait(std::uint64_t bytes, std::uint64_t capacity, const std::function<bool()>& stop,
            const std::function<void()>& waiting);

 private:
  bool lock(std::int64_t begin, std::int64_t count);
  void unlock(std::int64_t begin, std::int64_t count);
  std::int64_t lock_free(std::int64_t begin, std::int64_t end, std::int64_t wanted);
  void line_up();
  void leave();
  [[noreturn]] void fail(const char* what, const char* remedy) const;

  std::string path_{};
  std::int64_t place_ = -1;  // in the row of those who wait, from 0; -1: in none
  int file_ = -1;
};

}  // namespace autoglm
