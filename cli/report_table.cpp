// The report for people at a terminal.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/color.h"
#include "cli/report_formats.h"
#include "cli/report_parts.h"
#include "cli/trial_text.h"

namespace autoglm {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::size_t kReasonsShown = 5;

std::vector<std::size_t> column_widths(const ReportGrid& grid) {
  std::vector<std::size_t> widths;
  for (const ReportGrid::Column& column : grid.columns) {
    widths.push_back(width_of(column.name));
  }
  for (const auto& row : grid.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  }
  return widths;
}

/// Columns that fit side by side. Only parameters are left out.
std::vector<std::size_t> fitting_columns(const ReportGrid& grid,
                                         const std::vector<std::size_t>& widths, std::size_t room) {
  std::vector<std::size_t> shown;
  std::size_t used = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::size_t needed = widths[i] + (shown.empty() ? 0 : kGap.size());
    if (!grid.columns[i].is_parameter || used + needed <= room) {
      shown.push_back(i);
      used += needed;
    }
  }
  return shown;
}

std::string table_line(const ReportGrid& grid, const std::vector<std::string>& cells,
                       const std::vector<std::size_t>& shown,
                       const std::vector<std::size_t>& widths) {
  std::string line;
  for (const std::size_t i : shown) {
    if (i != shown.front()) {
      line += kGap;
    }
    if (grid.columns[i].is_number) {
      line.append(widths[i] - width_of(cells[i]), ' ').append(cells[i]);
    } else {
      line += padded(cells[i], widths[i]);
    }
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string left_out_text(const ReportGrid& grid, const std::vector<std::size_t>& shown) {
  std::string names;
  for (std::size_t i = 0; i < grid.columns.size(); ++i) {
    if (std::find(shown.begin(), shown.end(), i) == shown.end()) {
      names += (names.empty() ? "" : ", ") + grid.columns[i].name;
    }
  }
  return names.empty() ? names
                       : fmt::format("no room for {}; --format csv has all columns\n", names);
}

std::string grid_text(const ReportGrid& grid, std::size_t room) {
  const std::vector<std::size_t> widths = column_widths(grid);
  const std::vector<std::size_t> shown = fitting_columns(grid, widths, room);
  std::vector<std::string> names;
  for (const ReportGrid::Column& column : grid.columns) {
    names.push_back(column.name);
  }
  std::string text = "\n" + table_line(grid, names, shown, widths);
  for (const auto& row : grid.rows) {
    text += table_line(grid, row, shown, widths);
  }
  return text + left_out_text(grid, shown);
}

std::string best_text(const StudyReport& report, bool color) {
  const Trial& best = trial_of(report, *report.best);
  return fmt::format("\n{}{}\n{}", styled("best: " + result_text(report, best), Style::bold, color),
                     gain_text(best, report.trials, report.objective),
                     parameters_text(best.configuration));
}

std::string failures_text(const StudyReport& report) {
  const std::vector<ReasonCount> reasons = failure_reasons(report);
  if (reasons.empty()) {
    return "";
  }
  std::string text = "\nfailures:\n";
  for (std::size_t i = 0; i < std::min(reasons.size(), kReasonsShown); ++i) {
    text += fmt::format("  {} x {}\n", reasons[i].trials, reasons[i].reason);
  }
  if (reasons.size() > kReasonsShown) {
    text += fmt::format("  and {} other reasons\n", reasons.size() - kReasonsShown);
  }
  return text;
}

std::string checks_text(const StudyReport& report, bool color) {
  std::string text = report.checks.empty() ? "" : "\nchecks:\n";
  for (const Check& check : report.checks) {
    text += fmt::format(
        "  {}  {} ({})\n",
        check.holds ? styled("holds", Style::good, color) : styled("FAILS", Style::bad, color),
        printable(check.name), printable(check.text));
  }
  return text;
}

}  // namespace

void write_report_table(const StudyReport& report, const TableShape& shape, const TextSink& sink) {
  std::string text = fmt::format("{}: {}\n{}\n", printable(report.record.name),
                                 goals_text(report.objective), counts_text(report.counts));
  if (report.best) {
    text += best_text(report, shape.color);
  } else if (!report.pareto.empty()) {
    text += fmt::format("\n{} trials that no other beats in every metric\n", report.pareto.size());
  }
  text += checks_text(report, shape.color);
  const ReportGrid grid = top_trials(report, shape.top, CurveStyle::text);
  if (!grid.rows.empty()) {
    text += grid_text(grid, shape.columns);
  }
  sink(text + failures_text(report));
}

}  // namespace autoglm
