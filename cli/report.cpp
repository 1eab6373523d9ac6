// `autoglm report`: the best configurations and the history of a study; reads only.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/report_formats.h"
#include "cli/study_file.h"

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
  const StudyRecord record = choose_study(options.study, options.study_name, storage->studies());
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
