#include "optimizer/trial.h"

#include <algorithm>
#include <array>

namespace autoglm {
namespace {

constexpr std::array<std::string_view, 8> kStates = {
    "waiting", "running", "paused", "complete", "pruned", "failed", "infeasible", "abandoned"};

constexpr double kSecondsPerNanosecond = 1e-9;

}  // namespace

std::string_view to_string(TrialState state) { return kStates.at(static_cast<std::size_t>(state)); }

std::optional<TrialState> trial_state_from(std::string_view text) {
  const auto found = std::find(kStates.begin(), kStates.end(), text);
  if (found == kStates.end()) {
    return std::nullopt;
  }
  return static_cast<TrialState>(found - kStates.begin());
}

std::string_view to_string(TrialOrigin origin) {
  switch (origin) {
    case TrialOrigin::searcher:
      return "searcher";
    case TrialOrigin::initial:
      return "initial";
    case TrialOrigin::enqueued:
      return "enqueued";
    case TrialOrigin::foreign:
      break;
  }
  return "foreign";
}

const double* find_metric(const MetricValues& metrics, std::string_view name) {
  for (const auto& [metric, value] : metrics) {
    if (metric == name) {
      return &value;
    }
  }
  return nullptr;
}

void set_metric(MetricValues& metrics, std::string_view name, double value) {
  for (auto& [metric, old] : metrics) {
    if (metric == name) {
      old = value;
      return;
    }
  }
  metrics.emplace_back(name, value);
}

std::optional<double> duration_seconds(const Trial& trial) {
  if (!is_finished(trial.state) || trial.started == 0) {
    return std::nullopt;
  }
  TimeNs total = 0;
  for (const Attempt& attempt : trial.attempts) {
    total += std::max<TimeNs>(0, attempt.finished - attempt.started);
  }
  if (trial.attempts.empty()) {
    total = std::max<TimeNs>(0, trial.finished - trial.started);
  }
  return static_cast<double>(total) * kSecondsPerNanosecond;
}

}  // namespace autoglm
