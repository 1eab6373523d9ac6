// The flags of the commands that are about a study that is there.
#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace autoglm {

struct ExportOptions;
struct ImportOptions;
struct MergeOptions;
struct ReportOptions;

void add_export(CLI::App& app, ExportOptions& options);
void add_import(CLI::App& app, ImportOptions& options);
void add_merge(CLI::App& app, MergeOptions& options);
void add_report(CLI::App& app, ReportOptions& options);

}  // namespace autoglm
