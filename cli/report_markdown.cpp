// The report as Markdown, with GitHub's tables.

#include <fmt/format.h>

#include <string>

#include "cli/report_formats.h"
#include "cli/report_parts.h"
#include "cli/trial_text.h"

namespace autoglm {
namespace {

/// Text that Markdown shows as it is, also in a cell of a table.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (std::string_view("\\|`*_~&<[").find(c) != std::string_view::npos) {
      safe += '\\';
    }
    safe += c;
  }
  return safe;
}

std::string table_row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) {
    row += " " + escaped(cell) + " |";
  }
  return row + "\n";
}

std::string grid_text(const ReportGrid& grid) {
  std::vector<std::string> names;
  std::string alignment = "|";
  for (const ReportGrid::Column& column : grid.columns) {
    names.push_back(column.name);
    alignment += column.is_number ? "---:|" : "---|";
  }
  std::string text = "\n" + table_row(names) + alignment + "\n";
  for (const auto& row : grid.rows) {
    text += table_row(row);
  }
  return text;
}

std::string best_text(const StudyReport& report) {
  const Trial& best = trial_of(report, *report.best);
  std::string text = fmt::format("\n**Best:** {}{}\n\n| parameter | value |\n|---|---|\n",
                                 escaped(result_text(report, best)),
                                 gain_text(best, report.trials, report.objective));
  for (const auto& [name, value] : best.configuration) {
    text += table_row({name, value_text(value)});
  }
  return text;
}

std::string failures_text(const StudyReport& report) {
  const std::vector<ReasonCount> reasons = failure_reasons(report);
  std::string text = reasons.empty() ? "" : "\n| failures | reason |\n|---:|---|\n";
  for (const ReasonCount& reason : reasons) {
    text += table_row({std::to_string(reason.trials), reason.reason});
  }
  return text;
}

std::string checks_text(const StudyReport& report) {
  std::string text = report.checks.empty() ? "" : "\n| | check | |\n|---|---|---|\n";
  for (const Check& check : report.checks) {
    text += fmt::format("| {} | {} | {} |\n", check.holds ? "holds" : "**fails**",
                        escaped(check.name), escaped(check.text));
  }
  return text;
}

}  // namespace

void write_report_markdown(const StudyReport& report, std::size_t top, const TextSink& sink) {
  std::string text = fmt::format("# {}\n\n{}; {}\n", escaped(report.record.name),
                                 escaped(goals_text(report.objective)), counts_text(report.counts));
  text += checks_text(report);
  if (report.best) {
    text += best_text(report);
  }
  const ReportGrid grid = top_trials(report, top, CurveStyle::text);
  if (!grid.rows.empty()) {
    text += grid_text(grid);
  }
  sink(text + failures_text(report));
}

}  // namespace autoglm
