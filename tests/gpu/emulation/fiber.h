// A stack of its own for a thread of a kernel that waits for others.
#pragma once

#include <functional>
#include <memory>

namespace autoglm::emulation {

/// Runs jobs one after the other; a job may stop in its midst and go on later.
class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Begins `job`, or goes on where it stopped; returns when it stops or ends. `job` must live
  /// until then.
  void begin(const std::function<void()>& job);
  void go_on();
  /// Whether the job has ended.
  bool is_free() const;
  /// Called by the job.
  void stop();
  const char* stack_begin() const;
  const char* stack_end() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace autoglm::emulation
