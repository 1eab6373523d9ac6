// How fast a run is and how much memory it takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace autoglm::nn {

using Clock = std::chrono::steady_clock;

/// Samples per second over the last `window`. The time is told, never asked for, and does not go
/// back.
class Throughput {
 public:
  /// REQUIRES: window > 0.
  explicit Throughput(Clock::duration window = std::chrono::seconds(10));

  /// The time counts from `now` on: at the beginning, and after anything that is no training.
  void begin(Clock::time_point now);
  /// So many more are done at `now`. REQUIRES: begin() was called.
  void add(Clock::time_point now, std::int64_t samples);

  /// Of the last window before the last add(), or since begin(); none while no time has passed.
  std::optional<double> samples_per_second() const;

 private:
  struct Mark {
    Clock::time_point time{};
    std::int64_t samples = 0;  // since begin()
  };

  Clock::duration window_;
  std::deque<Mark> marks_{};  // at least a part of the window apart, so a few dozen
  Mark last_{};
};

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

}  // namespace autoglm::nn
