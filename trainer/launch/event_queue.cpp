#include "trainer/launch/event_queue.h"

namespace autoglm {

void EventQueue::push(RunnerEvent event) {
  {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  arrived_.notify_one();
}

std::optional<RunnerEvent> EventQueue::pop(std::chrono::milliseconds timeout) {
  std::optional<RunnerEvent> event;
  bool became_short = false;
  {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, timeout, [this] { return !events_.empty(); })) {
      return std::nullopt;
    }
    event = std::move(events_.front());
    events_.pop_front();
    became_short = was_long_ && events_.size() < kLong / 2;
    was_long_ = was_long_ && !became_short;
  }
  if (became_short) {
    on_short_();
  }
  return event;
}

bool EventQueue::is_long() {
  const std::lock_guard lock(mutex_);
  was_long_ = was_long_ || events_.size() >= kLong;
  return was_long_;
}

}  // namespace autoglm
