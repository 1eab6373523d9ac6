#include "optimizer/attempt_outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "optimizer/attempts.h"
#include "optimizer/failure_text.h"

namespace autoglm {
namespace {

using Next = AttemptOutcome::Next;

constexpr std::size_t kNamesInReason = 20;

/// Attempts that count against max_attempts, the one that just ended among them.
std::int64_t attempts_spent(const Trial& trial) {
  return std::count_if(trial.attempts.begin(), trial.attempts.end(), [](const Attempt& attempt) {
    return attempt.values.empty() && attempt.outcome != kPaused &&
           attempt.outcome != kPausedWithoutCheckpoint && attempt.outcome != kInterrupted;
  });
}

std::string missing_metric_reason(const std::string& missing, const MetricValues& reported) {
  std::string reason = fmt::format("no metric {} was reported", json_quoted(missing));
  if (reported.empty()) {
    return reason + "; nothing was";
  }
  std::vector<std::string> names;
  for (const auto& [name, value] : reported) {
    names.push_back(name);
  }
  const std::optional<std::string> meant = did_you_mean(missing, names);
  const bool cut = names.size() > kNamesInReason;
  names.resize(std::min(names.size(), kNamesInReason));
  reason += fmt::format("; reported were {}{}", fmt::join(names, ", "), cut ? ", …" : "");
  return meant ? reason + fmt::format("; did you mean {}?", json_quoted(*meant)) : reason;
}

/// A failure that may be retried.
AttemptOutcome failure(const Finished& finished, const Trial& trial, const StudySettings& settings,
                       std::string reason) {
  const bool again =
      trial.failures < settings.retries && attempts_spent(trial) < settings.max_attempts;
  return {.next = again ? Next::retry : Next::conclude,
          .state = TrialState::failed,
          .reason = std::move(reason),
          .outcome = ending_text(finished),
          .likeness = failure_likeness(finished),
          .device_failed =
              finished.ending == Ending::exited && finished.code == settings.device_failure_status};
}

AttemptOutcome success(const Finished& finished, const Trial& trial, const Objective& objective,
                       const StudySettings& settings) {
  EndValues end = end_values(trial, objective);
  if (!end.problem.empty()) {
    return failure(finished, trial, settings, std::move(end.problem));
  }
  const bool last = trial.attempts.empty() || trial.attempts.back().repeat + 1 >= settings.seeds;
  return {.next = last ? Next::conclude : Next::next_repeat,
          .state = TrialState::complete,
          .reason = early_end_reason(finished),
          .outcome = ending_text(finished),
          .values = std::move(end.values)};
}

AttemptOutcome try_again(const Finished& finished, const Trial& trial,
                         const StudySettings& settings) {
  if (attempts_spent(trial) < settings.max_attempts) {
    return {.next = Next::try_again, .outcome = ending_text(finished)};
  }
  return {.next = Next::conclude,
          .state = TrialState::failed,
          .reason = fmt::format("{} (try again), and max_attempts ({}) is reached",
                                failure_reason(finished), settings.max_attempts),
          .outcome = ending_text(finished)};
}

}  // namespace

EndValues end_values(const Trial& trial, const Objective& objective) {
  std::string missing;
  std::optional<std::vector<double>> values = objective.final_values(trial, &missing);
  if (!values) {
    return {.problem = missing_metric_reason(missing, trial.metrics)};
  }
  if (std::optional<std::string> problem = objective.problem_with(*values)) {
    return {.problem = *std::move(problem)};
  }
  return {.values = *std::move(values)};
}

AttemptOutcome decide(const Finished& finished, const Trial& trial, const Objective& objective,
                      const StudySettings& settings, const Verdict& verdict, bool interrupted) {
  const bool checkpointed = finished.code == kExitTryAgain;
  if (verdict.action == Action::stop) {
    return {.state = TrialState::pruned, .reason = verdict.reason, .outcome = "stopped"};
  }
  if (verdict.action == Action::pause) {
    return {.next = Next::paused,
            .reason = verdict.reason,
            .outcome = std::string(checkpointed ? kPaused : kPausedWithoutCheckpoint)};
  }
  if (interrupted) {
    return {.next = Next::requeue,
            .reason = std::string(kInterrupted),
            .outcome = std::string(checkpointed ? kPaused : kInterrupted)};
  }
  if (finished.ending != Ending::exited) {
    return failure(finished, trial, settings, failure_reason(finished));
  }
  switch (finished.code) {
    case 0:
      return success(finished, trial, objective, settings);
    case kExitBadParameters:
    case kExitBadData:
      return {.state = TrialState::infeasible,
              .reason = failure_reason(finished),
              .outcome = ending_text(finished)};
    case kExitTryAgain:
      return try_again(finished, trial, settings);
    default:
      return failure(finished, trial, settings, failure_reason(finished));
  }
}

}  // namespace autoglm
