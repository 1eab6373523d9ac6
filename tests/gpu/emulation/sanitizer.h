// What watches the accesses of kernels, as the device must tell it of memory, stacks and barriers.
// One of three is linked: our own hooks (instrumentation.cpp), or, where everything is built with
// them, the address sanitizer (address_sanitizer.cpp) or the thread sanitizer
// (thread_sanitizer.cpp).
#pragma once

#include <cstddef>

namespace autoglm::emulation {

/// A stack as a sanitizer knows it.
struct WatchedStack {
  const void* begin = nullptr;
  std::size_t bytes = 0;
  void* known_as = nullptr;  // to the sanitizer
};

/// Where threads wait for each other. A block runs at a place of its own, whose next block comes
/// Sanitizer::places() blocks later.
struct Barrier {
  unsigned place = 0;
  unsigned group = 0;  // 0: the block; else a warp, its number plus 1
  unsigned turn = 0;   // how many came before
};

/// Asks nothing and does nothing, unless it is said.
class Sanitizer {
 public:
  Sanitizer() = default;
  virtual ~Sanitizer() = default;
  Sanitizer(const Sanitizer&) = delete;
  Sanitizer& operator=(const Sanitizer&) = delete;

  /// Whether each access of a kernel leaves a trace (race.h).
  virtual bool leaves_traces() const { return false; }
  /// How many blocks must have stacks and shared memory of their own at once; if several, each
  /// thread of a block has its own stack, too.
  virtual unsigned places() const { return 1; }

  /// Memory that nobody may touch from now on, and memory that is free to be touched again.
  virtual void forbid(const void* /*at*/, std::size_t /*bytes*/) {}
  virtual void allow(const void* /*at*/, std::size_t /*bytes*/) {}
  /// Whether some of it is forbidden, here or by a fence (trainer/nn/check/fence.h).
  virtual bool is_forbidden(const void* /*at*/, std::size_t /*bytes*/) const { return false; }

  /// A stack, of which begin and bytes are known, is about to be used.
  virtual void meet(WatchedStack& /*made*/) {}
  /// Before the processor goes from one stack to another, and when it has come there. `begins`: a
  /// thread begins, after all that was done on the stack that is left.
  virtual void leave(WatchedStack& /*from*/, WatchedStack& /*to*/, bool /*begins*/) {}
  virtual void arrive(WatchedStack& /*at*/, WatchedStack& /*from*/) {}

  /// A thread comes to a barrier, and goes on behind it.
  virtual void reach(const Barrier& /*barrier*/) {}
  virtual void pass(const Barrier& /*barrier*/) {}
  /// A thread of the block at a place ends; what the host does next comes after those threads.
  virtual void end_thread(unsigned /*place*/) {}
  virtual void wait_for_place(unsigned /*place*/) {}
};

Sanitizer& sanitizer();

}  // namespace autoglm::emulation
