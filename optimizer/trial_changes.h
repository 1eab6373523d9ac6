// What a report and an end do to a trial, whoever takes them in: its study, or a process beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "optimizer/objective.h"
#include "optimizer/trial.h"

namespace autoglm {

/// How a trial ended, as told by whoever ran it.
struct TrialEnd {
  TrialState state = TrialState::complete;  // complete pruned failed infeasible abandoned
  std::string reason{};
  /// For complete and pruned: the values; none: from the reports.
  std::optional<std::vector<double>> values{};
  std::optional<double> duration_seconds{};
  std::vector<std::pair<std::string, std::string>> user_attrs{};
};

/// Merges a report into its step, metric by metric, and adds what expressions give. Its sequence is
/// the caller's to set.
Report& merge_report(Trial& trial, std::int64_t step, const MetricValues& metrics,
                     const Objective& objective, TimeNs now);

/// `end` with its values. Told complete without values the trial has those of its reports; without
/// any there, or with one that is not finite, it failed. The values become its metrics.
TrialEnd settled_end(TrialEnd end, Trial& trial, const Objective& objective);

/// The trial is over, as a settled end says.
void apply_end(TrialEnd end, Trial& trial, TimeNs now);

}  // namespace autoglm
