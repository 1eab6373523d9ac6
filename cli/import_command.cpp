// `autoglm import`: studies of Optuna and sweeps of W&B.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/named_spec.h"
#include "cli/optuna_draft.h"
#include "cli/output.h"
#include "cli/study_file.h"
#include "cli/study_report.h"
#include "cli/version.h"
#include "cli/wandb_sweep.h"
#include "search_space/spec_document.h"
#include "storage/database_file.h"
#include "storage/travel_facts.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {
namespace {

std::string target_of(const ImportOptions& options, const StudyRecord& study) {
  std::string path = options.study.empty() ? study.name + ".db" : options.study;
  if (options.study.empty() && (study.name.find('/') != std::string::npos ||
                                study.name.front() == '.' || study.name.size() > 100)) {
    throw UsageError(
        fmt::format("{}: the study's name {} is not fit for a file name; give --study FILE.db",
                    options.source, json_quoted(study.name.substr(0, 100))));
  }
  if (std::filesystem::exists(path)) {
    throw UsageError(
        fmt::format("{}: is there already; give another --study FILE.db, or remove it", path));
  }
  return path;
}

void tell(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) {
    write_stderr(fmt::format("no counterpart: {}\n", note));
  }
}

void add_extras(const OptunaExtras& extras, std::vector<std::string>& notes) {
  const auto add = [&notes](const std::vector<std::string>& names, std::string_view whose) {
    std::string listed;
    for (const std::string& name : names) {
      const bool is_ours = name == kStudyFacts || name == kTrialFacts ||
                           name == "study:metric_names" || name == "fixed_params" ||
                           name == "dashboard:objective_names" || name == "fail_reason";
      listed += is_ours ? "" : (listed.empty() ? "" : ", ") + name;
    }
    if (!listed.empty()) {
      notes.push_back(fmt::format("system attributes of {} ({}): kept in the file, of no effect",
                                  whose, listed));
    }
  };
  add(extras.study_attributes, "the study");
  add(extras.trial_attributes, "trials");
  if (extras.heartbeats > 0) {
    notes.push_back(fmt::format("heartbeats: {}, left behind", extras.heartbeats));
  }
}

/// Fills the file with the study, and gives back the text of a spec that goes on with it: by the
/// study's name, which --new-study, --set or the spec's file may have given it.
std::string import_study(const ImportOptions& options, const StudyRecord& source,
                         const std::string& target, std::vector<std::string>& notes) {
  copy_to_optuna(options.source, source, target);
  const std::unique_ptr<Storage> storage = open_sqlite(target, OpenMode::read_write);
  StudyRecord record = source;
  record.uuid.clear();
  if (record.spec_text.empty()) {
    const std::vector<Trial> trials = storage->trials(record);
    DraftWithNotes drafted = draft_of_optuna(record, objective_of(record),
                                             stored_distributions(options.source, source), trials);
    notes.insert(notes.end(), drafted.notes.begin(), drafted.notes.end());
    if (drafted.draft.parameters.empty()) {
      storage->close();
      return "";
    }
    record.spec_text = draft_text(drafted.draft);
    record.spec_json = to_json(*read_spec(record.spec_text, record.name));
    record.version = kVersion;
  }
  record = storage->update(record);
  storage->close();
  return named_spec(record.spec_text, record.name);
}

void import_optuna(const ImportOptions& options) {
  const StudyRecord source =
      choose_study(options.source, options.study_name, optuna_studies(options.source));
  const std::string path = target_of(options, source);
  std::vector<std::string> notes;
  WholeFile file(path);
  const std::string spec = import_study(options, source, file.path(), notes);
  file.commit();
  add_extras(optuna_extras(options.source, source), notes);
  tell(notes);
  if (spec.empty()) {
    write_stderr(fmt::format("{}: no trial has a parameter, so there is no spec to draft\n", path));
  } else if (options.output.empty()) {
    write_stdout(spec);
  } else {
    write_whole(options.output, [&spec](const TextSink& sink) { sink(spec); });
  }
  write_stderr(fmt::format("{}: study {} is there; {}\n", path, json_quoted(source.name),
                           report_command(path)));
}

void import_sweep(const ImportOptions& options) {
  const DraftWithNotes drafted = draft_of_sweep(options.source);
  tell(drafted.notes);
  const std::string spec = draft_text(drafted.draft);
  if (options.output.empty()) {
    write_stdout(spec);
  } else {
    write_whole(options.output, [&spec](const TextSink& sink) { sink(spec); });
  }
}

}  // namespace

int run_import(const ImportOptions& options) {
  require_file(options.source);
  if (is_database(options.source)) {
    import_optuna(options);
  } else {
    import_sweep(options);
  }
  return exit_done;
}

}  // namespace autoglm
