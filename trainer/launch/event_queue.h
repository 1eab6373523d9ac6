// Events on their way from the supervising thread to the study's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "optimizer/trial_runner.h"

namespace autoglm {

/// Thread-safe.
class EventQueue {
 public:
  /// Beyond this length the producer should wait: trials report faster than the study takes it in.
  static constexpr std::size_t kLong = 10'000;

  /// `on_short` is called, from pop(), when a long queue has become half as long.
  explicit EventQueue(std::function<void()> on_short) : on_short_(std::move(on_short)) {}

  void push(RunnerEvent event);
  std::optional<RunnerEvent> pop(std::chrono::milliseconds timeout);
  /// Whether to wait. Once it says so, on_short will be called.
  bool is_long();

 private:
  std::mutex mutex_{};
  std::condition_variable arrived_{};
  std::deque<RunnerEvent> events_{};
  bool was_long_ = false;
  std::function<void()> on_short_;
};

}  // namespace autoglm
