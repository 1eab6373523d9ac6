#include "cli/study_arguments.h"

#include <CLI/CLI.hpp>

#include "cli/argument_parts.h"
#include "cli/commands.h"
#include "cli/inspecting_arguments.h"

namespace autoglm {
namespace {

void add_output(CLI::App& command, std::string& path) {
  one_value(command.add_option("--output", path, "write to this file instead, whole or not at all"))
      ->type_name("FILE");
}

void add_checks(CLI::App& report, ReportOptions& options) {
  report
      .add_option("--assert", options.asserts,
                  "exit 6 unless this holds for the best trial: 'loss < 0.1'")
      ->type_name("EXPR")
      ->allow_extra_args(false);
  one_value(report.add_option("--baseline", options.baseline,
                              "exit 8 if the best is worse than in this report (--format json)"))
      ->type_name("FILE");
  one_value(report.add_option("--max-regression", options.max_regression,
                              "how much worse is allowed: 1%, or an amount (default: nothing)"))
      ->type_name("SHARE");
  one_value(report.add_option("--junit", options.junit,
                              "write the checks as JUnit's XML to this file, too"))
      ->type_name("FILE");
}

}  // namespace

void add_report(CLI::App& app, ReportOptions& options) {
  CLI::App& report =
      add_command(app, "report", "autoglm report study.db --format json",
                  "Shows the best configurations and the history of a study; reads only.");
  add_study_file(report, options.study);
  add_study_name(report, options.study_name);
  auto* top = one_value(report.add_option("--top", options.top, "rows of a table"))
                  ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
  report.callback([&options, top] { options.top_given = top->count() > 0; });
  one_value(report.add_option("--format", options.format, "how to show it"))
      ->check(CLI::IsMember({"table", "json", "csv", "markdown", "html", "args"}));
  add_output(report, options.output);
  add_checks(report, options);
}

void add_export(CLI::App& app, ExportOptions& options) {
  CLI::App& command =
      add_command(app, "export", "autoglm export study.db --to csv --output study.csv",
                  "Writes a study for other programs.");
  add_study_file(command, options.study);
  add_study_name(command, options.study_name);
  one_value(command.add_option("--to", options.to,
                               "csv and jsonl: the columns of Optuna's data frame; optuna-sqlite: "
                               "a file of Optuna's"))
      ->check(CLI::IsMember({"csv", "jsonl", "optuna-sqlite"}))
      ->required();
  add_output(command, options.output);
}

void add_import(CLI::App& app, ImportOptions& options) {
  CLI::App& command =
      add_command(app, "import", "autoglm import optuna.db --study study.db > study.json",
                  "Makes a study of Optuna's database (2.10 to 5.0), or a spec of a sweep of W&B.");
  command.add_option("source", options.source, "the database, or the sweep (YAML, JSON)")
      ->type_name("FILE")
      ->required();
  add_study_name(command, options.study_name);
  one_value(command.add_option("--study", options.study, "the file to make (default: NAME.db)"))
      ->type_name("FILE.db");
  add_output(command, options.output);
}

void add_merge(CLI::App& app, MergeOptions& options) {
  CLI::App& command = add_command(app, "merge", "autoglm merge study.db study.shard-*.db",
                                  "Makes one study of the shards that tune --shard made.");
  command.add_option("output", options.output, "the file to make")
      ->type_name("STUDY.db")
      ->required();
  command.add_option("shards", options.inputs, "the shards' files")
      ->type_name("SHARD.db...")
      ->required();
  add_study_name(command, options.study_name);
}

}  // namespace autoglm
