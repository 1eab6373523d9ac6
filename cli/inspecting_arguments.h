// The flags of the commands that look into a study, and those of all that name its file.
#pragma once

#include <cstdint>
#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace autoglm {

struct DbCheckOptions;
struct ExplainOptions;
struct RerunOptions;
struct StudiesOptions;
struct TailOptions;

void add_study_file(CLI::App& app, std::string& path);
void add_study_name(CLI::App& app, std::string& name);
void add_trial_number(CLI::App& app, std::int64_t& number);

void add_db(CLI::App& app, DbCheckOptions& options);
void add_explain(CLI::App& app, ExplainOptions& options);
void add_rerun(CLI::App& app, RerunOptions& options);
void add_studies(CLI::App& app, StudiesOptions& options);
void add_tail(CLI::App& app, TailOptions& options);

}  // namespace autoglm
