#include "trainer/nn/data/background_task.h"

#include <utility>

namespace autoglm::nn {

BackgroundTask::BackgroundTask(std::function<void()> work)
    : work_(std::move(work)), thread_([this] { run(); }) {}

BackgroundTask::~BackgroundTask() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return state_ == State::idle; });
    state_ = State::ending;
  }
  changed_.notify_all();
  thread_.join();
}

void BackgroundTask::start() {
  {
    const std::lock_guard lock(mutex_);
    state_ = State::running;
  }
  changed_.notify_all();
}

void BackgroundTask::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return state_ == State::idle; });
  if (const std::exception_ptr failure = std::exchange(failure_, nullptr)) {
    std::rethrow_exception(failure);
  }
}

void BackgroundTask::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return state_ != State::idle; });
    if (state_ == State::ending) {
      return;
    }
    lock.unlock();
    std::exception_ptr failure;
    try {
      work_();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    state_ = State::idle;
    changed_.notify_all();
  }
}

}  // namespace autoglm::nn
