// How long work takes on a device, by the host's clock around many calls.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "bench/gpu/memory.h"

namespace autoglm::bench {

/// Seconds of one call of `work`, the median of several batches of calls.
template <class Work>
double seconds_of(Memory& memory, const Work& work, double batch_seconds = 0.03) {
  using Clock = std::chrono::steady_clock;
  const auto timed = [&](int calls) {
    memory.check(memory.backend().synchronize());
    const auto began = Clock::now();
    for (int i = 0; i < calls; ++i) {
      memory.check(work());
    }
    memory.check(memory.backend().synchronize());
    return std::chrono::duration<double>(Clock::now() - began).count() / calls;
  };
  timed(2);  // plans and scratch memory are made
  const double once = timed(5);
  const int calls = std::clamp(static_cast<int>(batch_seconds / once), 5, 5000);
  std::vector<double> batches(5);
  std::generate(batches.begin(), batches.end(), [&] { return timed(calls); });
  std::nth_element(batches.begin(), batches.begin() + 2, batches.end());
  return batches[2];
}

}  // namespace autoglm::bench
