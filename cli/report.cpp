// `autoglm report`: the best configurations and the history of a study; reads only.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/report_formats.h"
#include "search_space/spec_document.h"

namespace autoglm {
namespace {

constexpr std::size_t kColumnsWithoutTerminal = 80;

void require_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw UsageError(fmt::format("{}: cannot be read: {}; check the path", path,
                                 error ? error.message() : "no such file"));
  }
  if (std::filesystem::is_directory(status)) {
    throw UsageError(fmt::format("{}: is a directory; name the study's file", path));
  }
}

std::string quoted_names(const std::vector<StudyRecord>& studies) {
  std::string names;
  for (const StudyRecord& study : studies) {
    names += (names.empty() ? "" : ", ") + json_quoted(study.name);
  }
  return names;
}

std::string unknown_study_text(const ReportOptions& options,
                               const std::vector<StudyRecord>& studies) {
  std::vector<std::string> names;
  names.reserve(studies.size());
  for (const StudyRecord& study : studies) {
    names.push_back(study.name);
  }
  const auto meant = did_you_mean(options.study_name, names);
  return fmt::format(
      "{}: no study is called {}; {}there {} {}", options.study, json_quoted(options.study_name),
      meant ? fmt::format("did you mean {}? ", json_quoted(*meant)) : "",
      studies.size() == 1 ? "is" : "are", studies.empty() ? "none" : quoted_names(studies));
}

StudyRecord choose_study(const ReportOptions& options, std::vector<StudyRecord> studies) {
  if (options.study_name.empty()) {
    if (studies.empty()) {
      throw UsageError(
          fmt::format("{}: holds no study yet; begin one with `autoglm tune SPEC.json --study {}`",
                      options.study, options.study));
    }
    if (studies.size() > 1) {
      throw UsageError(fmt::format("{}: holds {} studies ({}); name one with --study-name",
                                   options.study, studies.size(), quoted_names(studies)));
    }
    return std::move(studies.front());
  }
  for (StudyRecord& study : studies) {
    if (study.name == options.study_name) {
      return std::move(study);
    }
  }
  throw UsageError(unknown_study_text(options, studies));
}

void write_report(const StudyReport& report, const ReportOptions& options, const TextSink& sink) {
  const auto top = static_cast<std::size_t>(options.top);
  if (options.format == "json") {
    write_report_json(report, sink);
  } else if (options.format == "csv") {
    write_report_csv(report, options.top_given ? std::optional(top) : std::nullopt, sink);
  } else if (options.format == "markdown") {
    write_report_markdown(report, top, sink);
  } else {
    const int columns = options.output.empty() ? terminal_columns(STDOUT_FILENO) : 0;
    write_report_table(
        report,
        {.top = top,
         .columns = columns > 0 ? static_cast<std::size_t>(columns) : kColumnsWithoutTerminal},
        sink);
  }
}

StudyReport read_report(const ReportOptions& options) {
  require_file(options.study);
  const std::unique_ptr<Storage> storage = open_sqlite(options.study, OpenMode::read_only);
  const StudyRecord record = choose_study(options, storage->studies());
  return make_study_report(record, storage->trials(record));
}

}  // namespace

int run_report(const ReportOptions& options) {
  const StudyReport report = read_report(options);
  if (options.output.empty()) {
    write_report(report, options, write_stdout);
    return exit_done;
  }
  WholeFile file(options.output);
  write_report(report, options, [&file](std::string_view text) { file.write(text); });
  file.commit();
  return exit_done;
}

}  // namespace autoglm
