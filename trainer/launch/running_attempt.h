// One run of a trial's program, from its start to its Finished.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "optimizer/trial_runner.h"
#include "trainer/launch/end_schedule.h"
#include "trainer/launch/event_queue.h"
#include "trainer/launch/guardian_protocol.h"
#include "trainer/launch/trial_output.h"

namespace autoglm {

/// What an attempt may do, from the spec.
struct AttemptLimits {
  std::optional<SteadyClock::duration> timeout{};
  std::string timeout_text{};
  SteadyClock::duration grace{};
};

/// Why we end an attempt.
enum class StopCause { none, verdict, pause, interrupt, timeout };

class RunningAttempt {
 public:
  struct Identity {
    std::int64_t trial = 0;
    int attempt = 1;
    std::string program{};    // as the command names it, for messages
    std::string directory{};  // the working directory, for messages
    std::string devices{};    // that it holds
  };

  /// Our ends of what connects us with it.
  struct Connections {
    FileDescriptor control{};               // of its keeper's socket
    std::array<FileDescriptor, 2> pipes{};  // stdout's and stderr's, not blocking
    AttemptDirectory directory{};
    std::function<void()> kill_keeper{};  // by the guardian; called before this has ended
  };

  /// `capture`, `limits` and `events` are not owned and must outlive this.
  RunningAttempt(Identity identity, Connections connections, const Capture& capture,
                 const AttemptLimits& limits, EventQueue& events);

  const Identity& identity() const { return identity_; }
  bool is_running() const { return phase_ == Phase::running; }
  /// The program and all that it left are gone.
  bool has_ended() const { return phase_ == Phase::ended; }
  int control() const { return control_.get(); }
  TrialOutput& output() { return output_; }

  /// The keeper said something; true when the program has just started.
  bool hear_keeper();
  /// The keeper is no more, and nothing is left of what it kept.
  void lose_keeper(const std::string& detail);

  /// Ends the attempt for `cause`. The first cause stays; `at_once` leaves out what grace is left.
  void stop(StopCause cause, TrialRunner::Haste haste);
  /// A verdict on the oldest report without one. `told`: the program has just heard it by itself,
  /// and so has a moment to end before SIGTERM.
  void answer(Action action, bool told);
  bool is_stopped_by_verdict() const { return cause_ == StopCause::verdict; }
  std::int64_t reports() const { return reports_; }
  std::int64_t verdicts() const { return verdicts_; }

  /// Does what is due; the time of the next deadline (max(): none).
  SteadyClock::time_point keep_time(SteadyClock::time_point now);

  /// True when all that is there was read.
  bool read_metrics();
  /// Reads on if that is needed.
  bool has_read_metrics_to(std::int64_t offset) {
    return output_.metrics_offset() >= offset || read_metrics();
  }

  /// Reads some of what is left to read. True when that was all and Finished was told; nothing
  /// follows. REQUIRES: has_ended().
  bool finish();

 private:
  enum class Phase { starting, running, ended };

  void tell_started(pid_t program);
  void end_with(const KeeperReport& report);
  std::string why_not_started(const KeeperReport& report) const;
  void classify_end(const KeeperReport& report);
  void take_step(EndStep step, SteadyClock::time_point now);
  void send_order(Order order);

  Identity identity_;
  const AttemptLimits& limits_;
  EventQueue& events_;
  FileDescriptor control_;
  std::function<void()> kill_keeper_;
  TrialOutput output_;

  Phase phase_ = Phase::starting;
  StopCause cause_ = StopCause::none;
  pid_t program_ = 0;
  std::int64_t reports_ = 0;  // told
  std::int64_t verdicts_ = 0;
  Finished finished_{};
  EndSchedule schedule_{};
};

}  // namespace autoglm
