// One piece of work at a time, done by another thread.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace autoglm::nn {

/// Runs `work` once for each start(). start() and wait() alternate; what happened before start() is
/// seen by `work`, and what it did is seen after wait().
class BackgroundTask {
 public:
  explicit BackgroundTask(std::function<void()> work);
  ~BackgroundTask();
  BackgroundTask(const BackgroundTask&) = delete;
  BackgroundTask& operator=(const BackgroundTask&) = delete;

  /// REQUIRES: nothing is running.
  void start();
  /// Until it is done; throws what it threw.
  void wait();

 private:
  enum class State { idle, running, ending };
  void run();

  std::function<void()> work_;
  std::mutex mutex_{};
  std::condition_variable changed_{};
  State state_ = State::idle;
  std::exception_ptr failure_{};
  std::thread thread_;  // last: it uses the others
};

}  // namespace autoglm::nn
