// How fast a network answers and how much memory a run takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace autoglm::nn {

using Clock = std::chrono::steady_clock;

struct LatencyOptions {
  int warmup = 3;    // passes before, not measured: caches, kernels that are chosen; >= 0
  int repeats = 25;  // >= 1
  // No further pass begins after so long, but one is measured always.
  std::chrono::milliseconds most{1000};
};

/// Milliseconds that a pass takes, the median over the repeats. `pass` returns when its result is
/// there; `now` is Clock::now, except in tests.
double latency_ms(const std::function<void()>& pass, const LatencyOptions& options = {},
                  const std::function<Clock::time_point()>& now = Clock::now);

/// Memory of this process on the host, in bytes. What something needs is `peak` after it less
/// `resident` before.
struct HostMemory {
  std::int64_t resident = 0;  // now
  std::int64_t peak = 0;      // the most that was ever resident
};

/// From /proc/self/status; none where there is no such file.
std::optional<HostMemory> host_memory();

/// From now on `peak` is of what comes. Gives back what the allocator holds and does not use;
/// does no more where the kernel cannot forget (proc(5), clear_refs).
void forget_memory_peak();

}  // namespace autoglm::nn
