// The emulated device as a whole: how it is set up, what is wrong with it, the calls that reach it.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <mutex>
#include <string>

#include "tests/gpu/emulation/control.h"

namespace autoglm::emulation {

constexpr int kProcessors = 4;

/// From the environment, once: AUTOGLM_EMULATION_ORDER (of threads and blocks: forward, reverse,
/// random), AUTOGLM_EMULATION_STREAMS (eager: an operation runs when it is submitted; lazy, the
/// default: when something waits for it; random), AUTOGLM_EMULATION_SEED, AUTOGLM_EMULATION_MEMORY
/// (bytes), AUTOGLM_EMULATION_OTHERS (a file: while it is there, other programs have all of the
/// memory), AUTOGLM_EMULATION_FAIL (the number of the call from which on all fail),
/// AUTOGLM_EMULATION_LIMITS (small, the default, or shipped: limits.cpp).
struct Settings {
  enum class Order { forward, reverse, random };
  enum class Streams { lazy, eager, random };

  Order order = Order::random;
  Streams streams = Streams::lazy;
  std::uint64_t seed = 1;
  bool shipped_limits = false;
  std::string others{};
};
const Settings& settings();

/// Blocks along a grid's second index that a launch may have: CUDA's 65535, or where limits are
/// small, few.
std::int64_t most_grid_lines();

Control& control();

/// A rule was broken: the device fails from now on, as a GPU does after a fault in a kernel; the
/// first text is what its errors say. Texts are one line.
void complain(const std::string& text);
bool broken();

/// Whether calls are for another device than the emulated one. Those that make something or run a
/// kernel are refused then; copies, fills and waiting are not (CUDA C++ programming guide, "Stream
/// and event behavior").
bool is_other_device();

/// Counts what must be given back: allocations, streams, events, handles, descriptors.
void count_live(int change);

/// Every call of the fakes begins with one: calls come one after the other, and the one that was
/// told to fail does.
class Call {
 public:
  explicit Call(const char* name);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  bool fails() const { return fails_; }
  /// What it was told to fail with; 0: it was not, or with nothing of its own.
  int told_status() const;
  /// What cudaGetLastError() is to say, too.
  cudaError_t error() const;
  cudaError_t error(cudaError_t when_told_to_fail) const;

 private:
  std::lock_guard<std::recursive_mutex> lock_;
  bool told_ = false;
  bool fails_ = false;
};

/// Keeps an error for cudaGetLastError().
cudaError_t noted(cudaError_t error);

}  // namespace autoglm::emulation
