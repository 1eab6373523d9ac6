// Runs trials. Threads, processes, a remote queue and a scripted fake are all runners; the study
// cannot tell them apart.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "optimizer/pruner.h"
#include "optimizer/trial.h"

namespace autoglm {

struct RunRequest {
  std::int64_t trial = 0;
  int attempt = 1;
  int repeat = 0;
  std::uint64_t seed = 0;
  Configuration configuration{};
  std::optional<std::int64_t> until_step{};  // the program should checkpoint and exit 75 there
  std::string resume_directory{};            // of the attempt to continue from; empty: none
};

/// The program runs now (or its attempt ended before it could; a Finished follows).
struct Started {
  std::int64_t trial = 0;
  int attempt = 1;
  std::int64_t pid = 0;
  std::string directory{};
};

/// A trial reported metrics. Without a step in the report the runner gives the one after the last
/// step of that metric.
struct Reported {
  std::int64_t trial = 0;
  int attempt = 1;
  std::int64_t step = 0;
  MetricValues metrics{};
};

/// How an attempt ended.
enum class Ending {
  exited,      // by itself; `code` is its exit status
  signaled,    // by a signal that we did not send; `code` is its number
  timed_out,   // longer than the spec's time-out; stopped by us; `detail` is the limit: "20m"
  stopped,     // we stopped it (verdict, interrupt); `code` is its exit status, or -signal
  not_started  // `detail` says why; `code` as of a shell: 127 no such program, 126 cannot be run
};

struct Finished {
  std::int64_t trial = 0;
  int attempt = 1;
  Ending ending = Ending::exited;
  int code = 0;
  std::string detail{};       // timed_out: the limit ("20m"); not_started: why
  std::string stderr_tail{};  // the last lines, valid UTF-8, at most 4 KiB
  double user_seconds = 0;
  double system_seconds = 0;
  std::int64_t peak_memory_bytes = 0;
};

using RunnerEvent = std::variant<Started, Reported, Finished>;

/// Exactly one Finished follows each start, and nothing of that attempt after it. Used from one
/// thread; all concurrency is inside.
class TrialRunner {
 public:
  virtual ~TrialRunner() = default;

  virtual int free_slots() const = 0;

  /// Returns at once. A trial that cannot start is an event, never an exception.
  virtual void start(const RunRequest& request) = 0;

  /// The next event; nothing when none came within `timeout`.
  virtual std::optional<RunnerEvent> wait(std::chrono::milliseconds timeout) = 0;

  /// The verdict on a report; called once for each Reported, in their order. go_on lets it run (and
  /// tells a waiting `autoglm log` so); pause and stop end the attempt (SIGTERM to its process
  /// group, grace, SIGKILL), and its Finished says `stopped`. An attempt that is over is ignored.
  virtual void answer(std::int64_t trial, int attempt, Action action) = 0;

  /// Ends every running attempt, with the grace period or without.
  enum class Haste { with_grace, at_once };
  virtual void stop_all(Haste haste) = 0;
};

}  // namespace autoglm
