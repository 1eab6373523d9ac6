// When an attempt is to be ended, step by step.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace autoglm {

using SteadyClock = std::chrono::steady_clock;

/// Each step is usually what puts the next one on the schedule, in case it does not help.
enum class EndStep {
  time_out,     // the attempt took too long
  terminate,    // SIGTERM
  kill,         // SIGKILL
  kill_keeper,  // its keeper does not do as told: the guardian is to do it
  give_up       // nor does the guardian
};

class EndSchedule {
 public:
  using Time = SteadyClock::time_point;
  static constexpr Time kNever = Time::max();

  EndSchedule() { cancel_all(); }

  Time& at(EndStep step) { return at_[static_cast<std::size_t>(step)]; }
  Time next() const { return *std::min_element(at_.begin(), at_.end()); }
  void cancel_all() { at_.fill(kNever); }

  /// A step that is due, which leaves the schedule.
  std::optional<EndStep> take_due(Time now) {
    for (std::size_t i = 0; i < at_.size(); ++i) {
      if (at_[i] <= now) {
        at_[i] = kNever;
        return static_cast<EndStep>(i);
      }
    }
    return std::nullopt;
  }

 private:
  std::array<Time, 5> at_{};
};

}  // namespace autoglm
