// The result that a study is held against: another study's `report --format json`.
#pragma once

#include <string>
#include <vector>

#include "cli/study_report.h"

namespace autoglm {

/// How much worse than the baseline still holds.
struct Tolerance {
  double amount = 0;  // >= 0; percent of the baseline's absolute value, or of the metric itself
  bool is_percent = false;
};

/// "1%", "0.5 %", "0.01". Throws UsageError.
Tolerance parse_tolerance(const std::string& text);

struct Baseline {
  std::string path{};
  std::vector<std::string> metrics{};       // empty: the file does not say
  std::vector<std::string> directions{};    // "minimize" or "maximize"; empty: it does not say
  std::vector<std::vector<double>> best{};  // one point, or those of the front; never empty
};

/// Throws UsageError: missing, no JSON, no report, or one without a complete trial.
Baseline read_baseline(const std::string& path);

/// With one metric: whether the best trial is not worse than the baseline's by more than
/// `tolerance`. With several: whether for each trial of the baseline's front there is one that is
/// not worse in any metric by more. Throws UsageError where directions or metrics are others.
Check compare_with(const Baseline& baseline, const Tolerance& tolerance, const StudyReport& report);

}  // namespace autoglm
