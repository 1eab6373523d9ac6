// A line that reports metrics: one JSON object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "optimizer/trial.h"

namespace autoglm {

/// Longer lines are output and nothing else; bytes, without the line's end.
inline constexpr std::size_t kMaxReportLine = 65536;

/// The greatest step: beyond 2^53 a double cannot tell neighbours apart.
inline constexpr std::int64_t kMaxStep = std::int64_t{1} << 53;

struct ReportLine {
  std::optional<std::int64_t> step{};
  MetricValues metrics{};  // at least one
};

/// The report in a line that is a JSON object, alone or after a tag: text without "{" that ends in
/// ":", "]" or a blank. Top-level numbers are metrics, also NaN, Infinity and -Infinity as Python
/// writes them; "step" is the step. Nothing when the line does not fit: then it is output.
std::optional<ReportLine> parse_report_line(std::string_view line);

/// The line of one report, without an end; the other direction.
std::string format_report_line(const ReportLine& report);

}  // namespace autoglm
