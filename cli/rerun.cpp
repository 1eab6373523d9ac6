// `autoglm rerun`: a trial once more, outside the study.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/own_program.h"
#include "cli/stop_signals.h"
#include "cli/stored_study.h"
#include "cli/temporary_directory.h"
#include "cli/text.h"
#include "cli/trial_json.h"
#include "cli/trial_text.h"
#include "cli/wrapped_text.h"
#include "optimizer/study.h"
#include "optimizer/study_loop.h"
#include "storage/trial_rows.h"
#include "trainer/launch/command_runner.h"
#include "trainer/train/train_trial.h"

namespace autoglm {
namespace {

namespace fs = std::filesystem;

/// Proposes nothing and stops nothing: the one trial that waits is all there is.
class OneTrial : public Planner {
 public:
  Decision next(const History& /*history*/) override { return Done{.reason = "max_trials"}; }
  std::optional<Start> complete(std::int64_t /*number*/, const Configuration& /*fixed*/,
                                const History& /*history*/) override {
    return std::nullopt;
  }
  Verdict judge(const Trial& /*trial*/, const History& /*history*/) override { return {}; }
  std::vector<Recommendation> recommend(std::size_t /*n*/, const History& /*history*/) override {
    return {};
  }
};

/// Where the spec lay; a study that was moved has its own folder.
std::string spec_folder(const StudyRecord& record, const std::string& study_path) {
  std::error_code error;
  if (!record.folder.empty() && fs::is_directory(record.folder, error)) {
    return record.folder;
  }
  return fs::absolute(study_path).lexically_normal().parent_path().string();
}

CommandSpec command_of(const StoredStudy& stored, const StudyFile& file, const std::string& path) {
  if (stored.spec.trial == nullptr) {
    throw UsageError(fmt::format(
        "{}: study \"{}\" has no trial section: its trials were asked for and run elsewhere", path,
        file.record.name));
  }
  return parse_trial(*stored.spec.trial, stored.spec.space, spec_folder(file.record, path),
                     own_program());
}

/// A history in which nothing but the trial is to be done, under its number, which its seeds follow
/// from.
History history_with_only(const Trial& trial, const StoredStudy& stored) {
  History history(stored.spec.space, stored.spec.objective);
  for (std::int64_t number = 0; number < trial.number; ++number) {
    history.add({.number = number, .state = TrialState::abandoned});
  }
  history.add({.number = trial.number,
               .configuration = trial.configuration,
               .origin = trial.origin,
               .seed = trial.seed,
               .created = time_now()});
  return history;
}

Trial run_again(const Trial& trial, const StoredStudy& stored, const StudyFile& file,
                const CommandSpec& command, const std::string& directory) {
  OneTrial planner;
  Study study({.seed = file.record.seed,
               .max_trials = trial.number + 1,
               .stop_when_first_three_fail_alike = false,
               .seeds = command.seeds},
              history_with_only(trial, stored), planner, {}, time_now);
  const auto runner = make_command_runner(command, {.slots = 1,
                                                    .study_name = file.record.name,
                                                    .trials_directory = directory,
                                                    .autoglm_program = own_program()});
  run_study(study, *runner, {}, stop_level());
  return *study.history().find(trial.number);
}

void write_outcome(JsonWriter& json, const Trial& trial, const Objective& objective) {
  json.key("state").text(to_string(trial.state));
  json.key("value");
  if (objective.size() == 1 && !trial.values.empty()) {
    json.number(trial.values[0]);
  } else {
    json.null();
  }
  write_values(json.key("values"), objective, trial.values);
  write_text_or_null(json.key("reason"), trial.reason);
  write_optional(json.key("duration_s"), duration_seconds(trial));
}

std::string outcome_json(const Trial& before, const Trial& again, const Objective& objective,
                         const std::string& directory) {
  JsonWriter json;
  json.begin_object().key("schema_version").integer(1).key("trial").integer(again.number);
  write_outcome(json, again, objective);
  write_metrics(json.key("metrics"), again.metrics);
  json.key("directory").text(directory);
  json.key("before").begin_object();
  write_outcome(json, before, objective);
  json.end_object().end_object();
  return json.take() + '\n';
}

std::string outcome_text(const Trial& trial, const Objective& objective) {
  std::string text(to_string(trial.state));
  for (std::size_t i = 0; i < trial.values.size(); ++i) {
    text += fmt::format(", {} {}", objective.metrics()[i].name, number_text(trial.values[i]));
  }
  if (const auto seconds = duration_seconds(trial)) {
    text += fmt::format(", {}", short_duration(*seconds));
  }
  if (!trial.reason.empty()) {
    text += fmt::format(" ({})", printable(trial.reason));
  }
  return text;
}

}  // namespace

int run_rerun(const RerunOptions& options) {
  const StudyFile file = open_study_file(options.study, options.study_name, OpenMode::read_only);
  const StoredStudy stored = load_stored_study(file, options.study);
  const Trial* const before = stored.history.find(options.trial);
  if (before == nullptr) {
    fail_unknown_trial(file, options.study, options.trial);
  }
  if (before->partial) {
    throw UsageError(
        fmt::format("{}: trial {}: waits for the searcher to fill in its rest; run it by `autoglm "
                    "tune` first",
                    options.study, options.trial));
  }
  const CommandSpec command = command_of(stored, file, options.study);
  install_stop_signals();
  const TemporaryDirectory directory("rerun");
  write_stderr(fmt::format("trial {} runs in {}\n", options.trial, directory.path()));
  const Trial again = run_again(*before, stored, file, command, directory.path());
  if (interrupted_status() != 0) {
    return interrupted_status();
  }
  const Objective& objective = stored.spec.objective;
  if (options.json) {
    write_stdout(outcome_json(*before, again, objective, directory.path()));
  } else {
    write_for_people(fmt::format("trial {} again: {}\nin the study: {}\n", options.trial,
                                 outcome_text(again, objective), outcome_text(*before, objective)));
  }
  return again.state == TrialState::complete ? exit_done : exit_no_complete;
}

}  // namespace autoglm
