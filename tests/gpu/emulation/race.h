// Who may touch memory when. Two accesses to the same bytes, one of them a write, must be ordered:
// within a kernel by a barrier of their block or warp, between operations by streams and events.
// Exact at the level of pairs of bytes, and numbers have two at least: kernels are compiled with
// GCC's hooks for its thread sanitizer, and the hooks are ours (instrumentation.cpp). What passes
// nevertheless is in README.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace autoglm::emulation {

constexpr int kMostStreams = 8;

/// An operation's place in the order of things: which operations of each stream were over before it
/// began.
struct Clock {
  std::array<std::uint32_t, kMostStreams> done{};

  void join(const Clock& other);
};

/// Which operation touches memory now.
struct Actor {
  unsigned stream = 0;
  std::uint32_t sequence = 0;  // within its stream, from 1
  Clock before{};
};

/// Which of a kernel's threads; 0 for other operations. How many barriers of its block it has
/// passed, and how many of its warp.
struct ThreadNumber {
  unsigned block = 0;
  unsigned barrier = 0;
  unsigned thread = 0;
  unsigned warp_barrier = 0;
};

enum class Access {
  read,
  fetch,  // a read that may find what nothing has written, which is NaN
  write
};

struct Trace;

/// Notes an access of `actor` to as many pairs of bytes. What is wrong about it: an access that was
/// not ordered before it, or that nothing was written there; null: all is well.
const char* fault_of(const Actor& actor, const ThreadNumber& number, Trace* traces,
                     std::size_t pairs, Access access);
/// The same of memory of the device, which may also not be allocated.
const char* device_fault(const Actor& actor, const ThreadNumber& number, const void* at,
                         std::size_t bytes, Access access);

/// What an operation of the host or a library does to the device's memory; complains. False: it
/// may not, and must not be done.
bool touch(const Actor& actor, const std::string& what, const void* at, std::size_t bytes,
           Access access);

}  // namespace autoglm::emulation
