#include "cli/report_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "cli/text.h"
#include "cli/trial_text.h"

namespace autoglm {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::vector<std::string> grid_row(const StudyReport& report, const Trial& trial, bool with_curve) {
  std::vector<std::string> row = {std::to_string(trial.number)};
  for (std::size_t i = 0; i < report.objective.size(); ++i) {
    row.push_back(i < trial.values.size() ? fmt::format("{:.6g}", trial.values[i]) : std::string{});
  }
  const std::optional<double> duration = duration_seconds(trial);
  row.push_back(duration ? short_duration(*duration) : std::string{});
  if (with_curve) {
    row.push_back(curve_text(report, trial));
  }
  for (const std::string& name : report.parameters) {
    const Value* const value = trial.configuration.find(name);
    const double* const number = std::get_if<double>(value);
    if (number != nullptr) {
      row.push_back(short_number(*number));
    } else {
      row.push_back(value != nullptr ? printable(value_text(*value)) : std::string{});
    }
  }
  return row;
}

}  // namespace

std::string goals_text(const Objective& objective) {
  std::string text;
  for (const Metric& metric : objective.metrics()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", to_string(metric.goal),
                        printable(metric.name));
  }
  return text;
}

std::string result_text(const StudyReport& report, const Trial& trial) {
  std::string text = fmt::format("trial {}", trial.number);
  const std::vector<Metric>& metrics = report.objective.metrics();
  for (std::size_t i = 0; i < trial.values.size() && i < metrics.size(); ++i) {
    text += fmt::format(", {} {}", printable(metrics[i].name), number_text(trial.values[i]));
  }
  if (const std::optional<double> duration = duration_seconds(trial)) {
    text += ", " + short_duration(*duration);
  }
  return text;
}

std::vector<ReasonCount> failure_reasons(const StudyReport& report) {
  std::vector<ReasonCount> reasons;
  std::unordered_map<std::string, std::size_t> index;
  for (const Trial& trial : report.trials) {
    if (trial.state != TrialState::failed && trial.state != TrialState::infeasible) {
      continue;
    }
    std::string reason = trial.reason.empty() ? std::string(to_string(trial.state))
                                              : printable(first_line(trial.reason));
    const auto [found, is_new] = index.try_emplace(reason, reasons.size());
    if (is_new) {
      reasons.push_back({.reason = std::move(reason)});
    }
    ++reasons[found->second].trials;
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const ReasonCount& a, const ReasonCount& b) { return a.trials > b.trials; });
  return reasons;
}

double share_of_range(double value, double low, double high) {
  const double width = high - low;
  // Half of it is always a number, but would lose the smallest ones.
  return std::isfinite(width) ? (value - low) / width
                              : (value / 2 - low / 2) / (high / 2 - low / 2);
}

std::string curve_text(const StudyReport& report, const Trial& trial) {
  constexpr std::size_t kCharacters = 8;
  constexpr std::array<std::string_view, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::vector<double> values;
  for (const auto& [step, value] : report.objective.curve(trial)) {
    if (std::isfinite(value)) {
      values.push_back(value);
    }
  }
  if (values.size() < 2) {
    return "";
  }
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const std::size_t shown = std::min(values.size(), kCharacters);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const double value = values[i * (values.size() - 1) / (shown - 1)];
    const double height = *high > *low ? share_of_range(value, *low, *high) : 0;
    text += kBlocks[static_cast<std::size_t>(std::lround(height * (kBlocks.size() - 1)))];
  }
  return text;
}

ReportGrid top_trials(const StudyReport& report, std::size_t top, CurveStyle style) {
  std::vector<const Trial*> ranked = ranked_trials(report);
  ranked.resize(std::min(top, ranked.size()));
  const bool with_curves = style == CurveStyle::text &&
                           std::any_of(ranked.begin(), ranked.end(), [&](const Trial* trial) {
                             return !curve_text(report, *trial).empty();
                           });
  ReportGrid grid{.columns = {{.name = "trial", .is_number = true}}};
  for (const Metric& metric : report.objective.metrics()) {
    grid.columns.push_back({.name = printable(metric.name), .is_number = true});
  }
  grid.columns.push_back({.name = "duration", .is_number = true});
  if (with_curves) {
    grid.columns.push_back({.name = "curve"});
  }
  for (const std::string& name : report.parameters) {
    grid.columns.push_back({.name = printable(name), .is_parameter = true});
  }
  for (const Trial* trial : ranked) {
    grid.rows.push_back(grid_row(report, *trial, with_curves));
  }
  return grid;
}

}  // namespace autoglm
