// The sentences and the table of a report for people, whatever the format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/study_report.h"

namespace autoglm {

/// "minimize val_loss", "minimize loss, maximize acc"
std::string goals_text(const Objective& objective);

/// "trial 7, val_loss 0.0412, 12.3s"
std::string result_text(const StudyReport& report, const Trial& trial);

/// Why trials failed or were infeasible, the most frequent reason first.
struct ReasonCount {
  std::string reason{};  // its first line
  std::int64_t trials = 0;
};
std::vector<ReasonCount> failure_reasons(const StudyReport& report);

/// Where `value` lies between `low` (0) and `high` (1), also where their distance overflows.
/// REQUIRES: low <= value <= high, low < high, all finite.
double share_of_range(double value, double low, double high);

/// How a trial came to its value: "▇▅▃▁" of what it reported, scaled by itself; empty for fewer
/// than two finite reports.
std::string curve_text(const StudyReport& report, const Trial& trial);

/// The best trials as rows: number, values, duration, parameters; behind the duration the curves,
/// where they are asked for and one of the trials has one.
struct ReportGrid {
  struct Column {
    std::string name{};
    bool is_number = false;     // aligned to the right
    bool is_parameter = false;  // left out first where room is short
  };
  std::vector<Column> columns{};
  std::vector<std::vector<std::string>> rows{};
};
enum class CurveStyle { none, text };
ReportGrid top_trials(const StudyReport& report, std::size_t top, CurveStyle style);

}  // namespace autoglm
