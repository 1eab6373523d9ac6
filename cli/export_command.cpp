// `autoglm export`: a study for other programs.
#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "cli/commands.h"
#include "cli/data_frame.h"
#include "cli/exit_status.h"
#include "cli/opened_study.h"
#include "cli/output.h"
#include "storage/optuna_copy.h"

namespace autoglm {
namespace {

void export_to_optuna(const ExportOptions& options, const StudyReport& report) {
  if (options.output.empty()) {
    throw UsageError(
        "autoglm export: --to optuna-sqlite makes a database, which needs --output FILE");
  }
  std::error_code ignored;
  if (std::filesystem::equivalent(options.output, options.study, ignored)) {
    throw UsageError(fmt::format(
        "autoglm export: --output {} is the study itself; choose another file", options.output));
  }
  WholeFile file(options.output);
  copy_to_optuna(options.study, report.record, file.path());
  if (!report.record.uuid.empty()) {
    add_travel_facts(file.path(), report.record, report.trials);
  }
  file.commit();
}

}  // namespace

int run_export(const ExportOptions& options) {
  const StudyFile file = open_study_file(options.study, options.study_name, OpenMode::read_only);
  const StudyReport report = make_study_report(file.record, file.storage->trials(file.record));
  if (options.to == "optuna-sqlite") {
    export_to_optuna(options, report);
    return exit_done;
  }
  const auto write = [&](const TextSink& sink) {
    options.to == "csv" ? write_frame_csv(report, sink) : write_frame_jsonl(report, sink);
  };
  if (options.output.empty()) {
    write(write_stdout);
  } else {
    write_whole(options.output, write);
  }
  return exit_done;
}

}  // namespace autoglm
