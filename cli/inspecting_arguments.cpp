#include "cli/inspecting_arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <string>

#include "cli/argument_parts.h"
#include "cli/commands.h"

namespace autoglm {
namespace {

/// CLI11 passes the word before it is a number; an empty answer: it is one.
std::string problem_with_trial_number(const std::string& word) {
  constexpr std::int64_t kGreatest = std::int64_t{1} << 53;
  std::int64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, number);
  return error == std::errc{} && rest == end && number >= 0 && number <= kGreatest
             ? ""
             : fmt::format("{} is no trial's number, which counts from 0", word);
}

}  // namespace

void add_study_file(CLI::App& app, std::string& path) {
  app.add_option("study", path, "the study's file")->type_name("STUDY.db")->required();
}

void add_study_name(CLI::App& app, std::string& name) {
  one_value(app.add_option("--study-name", name, "which study, if the file has several"))
      ->type_name("NAME");
}

void add_trial_number(CLI::App& app, std::int64_t& number) {
  app.add_option("trial", number, "the trial's number")
      ->type_name("TRIAL")
      ->required()
      ->check(CLI::Validator(problem_with_trial_number, ""));
}

void add_db(CLI::App& app, DbCheckOptions& options) {
  CLI::App& db = add_command(app, "db", "autoglm db check study.db",
                             "Looks after study files: `check` names what is wrong with one.");
  db.require_subcommand(1);
  CLI::App& check =
      add_command(db, "check", "autoglm db check study.db",
                  "Names what is wrong with a study file, a line a fault; reads only.");
  add_study_file(check, options.study);
}

void add_explain(CLI::App& app, ExplainOptions& options) {
  CLI::App& explain =
      add_command(app, "explain", "autoglm explain study.db 7",
                  "Says why a trial was chosen and how it ended, derived anew; reads only.");
  add_study_file(explain, options.study);
  add_trial_number(explain, options.trial);
  add_study_name(explain, options.study_name);
  mirrored(explain.add_flag("--json", options.json, "print one JSON object"));
}

void add_rerun(CLI::App& app, RerunOptions& options) {
  CLI::App& rerun = add_command(app, "rerun", "autoglm rerun study.db 7",
                                "Runs a trial once more, outside the study.");
  add_study_file(rerun, options.study);
  add_trial_number(rerun, options.trial);
  add_study_name(rerun, options.study_name);
  mirrored(rerun.add_flag("--json", options.json, "print one JSON object"));
}

void add_studies(CLI::App& app, StudiesOptions& options) {
  CLI::App& studies = add_command(app, "studies", "autoglm studies study.db",
                                  "Lists the studies of a file; reads only.");
  add_study_file(studies, options.study);
  mirrored(studies.add_flag("--json", options.json, "print one JSON object"));
}

void add_tail(CLI::App& app, TailOptions& options) {
  CLI::App& tail = add_command(app, "tail", "autoglm tail study.db 7",
                               "Shows the output of a trial, of one that runs until it ends.");
  add_study_file(tail, options.study);
  add_trial_number(tail, options.trial);
  add_study_name(tail, options.study_name);
}

}  // namespace autoglm
