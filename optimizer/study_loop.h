// The loop of `tune`: planner, runner, observers, until the budget is spent or someone says stop.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "optimizer/study.h"
#include "optimizer/trial_runner.h"

namespace autoglm {

/// Set from a signal handler. 0: none; 1: start nothing new, let running ones end (first Ctrl-C);
/// 2: end the running ones with grace and put them back to waiting (SIGTERM, SIGHUP);
/// 3: kill them at once and put them back to waiting (second Ctrl-C).
using StopLevel = std::atomic<int>;

struct LoopSettings {
  std::optional<double> time_seconds{};  // of this run; then as stop level 2, with reason timeout
  /// Trials that other programs enqueued since the last call; asked for about every 200 ms.
  std::function<std::vector<Trial>()> arrivals{};
  /// Held from the look for arrivals before new trials are chosen until these are durable: while it
  /// is, no other program adds a trial, whose number they would take. Type-erased, since only its
  /// lifetime matters.
  std::function<std::shared_ptr<void>()> turn{};
  /// Called about ten times a second and after each event, for a progress line.
  std::function<void()> tick{};
};

enum class StudyEnd {
  spent,        // budget, target or space: `reason` says which
  interrupted,  // stop level 1 to 3
  timeout,
  failure_limit,  // max_failures, or the first three failing alike
  device_failure  // three in succession whose device failed
};

struct LoopResult {
  StudyEnd end = StudyEnd::spent;
  std::string reason{};  // "max_trials", "target", …; "external": all that is open runs elsewhere
  std::string detail{};  // for people
};

/// Runs on the calling thread. Exceptions of observers and of the planner pass through, after the
/// runner has ended every attempt.
LoopResult run_study(Study& study, TrialRunner& runner, const LoopSettings& settings,
                     const StopLevel& stop);

}  // namespace autoglm
