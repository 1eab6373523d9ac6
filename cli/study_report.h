// A study as its reports show it, made from what storage holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "optimizer/objective.h"
#include "optimizer/summary.h"
#include "optimizer/trial.h"
#include "storage/storage.h"

namespace autoglm {

/// Whether what a pipeline demands of a study holds.
struct Check {
  std::string name{};  // "loss < 0.1"
  bool holds = false;
  std::string text{};      // for a reviewer: what was found, what is allowed
  std::string sentence{};  // the same as a line of stderr, with the flag that demanded it
  int exit_status = 0;     // when it does not hold
};

struct StudyReport {
  StudyRecord record{};
  Objective objective;
  std::vector<Trial> trials{};  // by number
  TrialCounts counts{};
  std::optional<std::int64_t> best{};     // a trial's number; none with several metrics
  std::vector<std::int64_t> pareto{};     // numbers of the front, ascending; empty with one metric
  std::vector<std::string> parameters{};  // all names: the spec's order, then by first appearance
  std::vector<std::string> user_attrs{};  // all names, by first appearance
  std::vector<Check> checks{};            // what was demanded of it
};

/// Trials are numbered densely from 0, as storage gives them.
StudyReport make_study_report(StudyRecord record, std::vector<Trial> trials);

/// The record's metrics: from its spec; without one (Optuna's) from names and directions, where
/// nameless metrics are called "value", or "value_0", "value_1", … when there are several.
Objective objective_of(const StudyRecord& record);

/// Complete trials, the best first and equal ones by number; with several metrics those of the
/// front by number.
std::vector<const Trial*> ranked_trials(const StudyReport& report);

/// REQUIRES: there is such a trial.
const Trial& trial_of(const StudyReport& report, std::int64_t number);

/// The value of a study with one metric: of complete trials, and the last one of pruned ones.
std::optional<double> single_value(const StudyReport& report, const Trial& trial);

std::string_view to_string(Goal goal);

}  // namespace autoglm
