// `autoglm report`: the best configurations and the history of a study; reads only.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "cli/assertion.h"
#include "cli/checks.h"
#include "cli/color.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/opened_study.h"
#include "cli/output.h"
#include "cli/report_formats.h"
#include "cli/wrapped_text.h"

namespace autoglm {
namespace {

constexpr std::size_t kColumnsWithoutTerminal = 80;

void write_report(const StudyReport& report, const ReportOptions& options, const TextSink& sink) {
  const auto top = static_cast<std::size_t>(options.top);
  if (options.format == "json") {
    write_report_json(report, sink);
  } else if (options.format == "csv") {
    write_report_csv(report, options.top_given ? std::optional(top) : std::nullopt, sink);
  } else if (options.format == "markdown") {
    write_report_markdown(report, top, sink);
  } else if (options.format == "html") {
    write_report_html(report, top, sink);
  } else if (options.format == "args") {
    write_report_args(report, sink);
  } else {
    const int columns = options.output.empty() ? terminal_columns(STDOUT_FILENO) : 0;
    write_report_table(
        report,
        {.top = top,
         .columns = columns > 0 ? static_cast<std::size_t>(columns) : kColumnsWithoutTerminal,
         .color = options.output.empty() && uses_color(STDOUT_FILENO)},
        sink);
  }
}

StudyReport read_report(const ReportOptions& options) {
  const StudyFile file = open_study_file(options.study, options.study_name, OpenMode::read_only);
  return make_study_report(file.record, file.storage->trials(file.record));
}

Demands read_demands(const ReportOptions& options) {
  Demands demands{.asserts = parse_assertions(options.asserts)};
  if (!options.baseline.empty()) {
    demands.baseline = read_baseline(options.baseline);
  } else if (!options.max_regression.empty()) {
    throw UsageError("--max-regression: needs a --baseline to be worse than; give one");
  }
  if (!options.max_regression.empty()) {
    demands.tolerance = parse_tolerance(options.max_regression);
  }
  return demands;
}

void tell_failures(const std::vector<Check>& checks) {
  for (const Check& check : checks) {
    if (!check.holds) {
      write_stderr(fmt::format("{}\n", check.sentence));
    }
  }
}

/// `args` is about the best trial, which there must be.
bool has_arguments(const StudyReport& report, const ReportOptions& options) {
  if (report.objective.size() > 1) {
    throw UsageError(fmt::format(
        "{}: has {} metrics and so no best trial, which --format args is about; choose one of "
        "`autoglm report {} --format table`",
        options.study, report.objective.size(), options.study));
  }
  if (!report.best) {
    write_stderr(
        fmt::format("{}: no trial is complete, so there are no best parameters\n", options.study));
  }
  return report.best.has_value();
}

/// What one option writes is not what another reads or writes.
void check_files_apart(const ReportOptions& options) {
  const std::pair<const char*, const std::string&> files[] = {
      {"--output", options.output}, {"--junit", options.junit}, {"--baseline", options.baseline}};
  for (std::size_t i = 0; i < std::size(files); ++i) {
    for (std::size_t j = i + 1; j < std::size(files); ++j) {
      if (!files[i].second.empty() && !files[j].second.empty() &&
          std::filesystem::weakly_canonical(files[i].second) ==
              std::filesystem::weakly_canonical(files[j].second) &&
          !std::filesystem::is_character_file(files[i].second)) {
        throw UsageError(fmt::format("autoglm report: {} and {} name one file, {}; name two",
                                     files[i].first, files[j].first, files[i].second));
      }
    }
  }
}

}  // namespace

int run_report(const ReportOptions& options) {
  check_files_apart(options);
  const Demands demands = read_demands(options);
  StudyReport report = read_report(options);
  report.checks = judge(report, demands);
  if (!options.junit.empty()) {
    write_whole(options.junit, [&](const TextSink& sink) { sink(junit_xml(report)); });
  }
  tell_failures(report.checks);
  if (options.format == "args" && !has_arguments(report, options)) {
    return exit_no_complete;
  }
  if (options.output.empty()) {
    write_report(report, options, options.format == "table" ? write_for_people : write_stdout);
  } else {
    write_whole(options.output, [&](const TextSink& sink) { write_report(report, options, sink); });
  }
  return exit_status_of(report.checks);
}

}  // namespace autoglm
