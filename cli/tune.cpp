// `autoglm tune`: runs a study to its budget; the same command again resumes it.
#include <fmt/format.h>
#include <unistd.h>

#include "cli/assemble.h"
#include "cli/assertion.h"
#include "cli/commands.h"
#include "cli/duration_option.h"
#include "cli/event_stream.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/own_program.h"
#include "cli/progress.h"
#include "cli/shard.h"
#include "cli/stop_signals.h"
#include "cli/training_checks.h"
#include "cli/tune_summary.h"
#include "cli/wrapped_text.h"
#include "optimizer/summary.h"
#include "trainer/launch/command_runner.h"
#include "trainer/train/train_trial.h"

namespace autoglm {
namespace {

constexpr const char* kCommand = "tune";

/// Where the trials run. The first study of a file owns STUDY.trials.
std::string directory_for_trials(OpenStudy& open, const TuneOptions& options) {
  const auto studies = open.storage->studies();
  const bool first = studies.empty() || studies.front().name == open.record.name;
  return trials_directory(open.path, open.record.name, first, options.trial_dir);
}

std::optional<double> time_limit(const TuneOptions& options, const StudySpec& spec) {
  if (options.time.empty()) {
    return spec.timeout_seconds;
  }
  return seconds_of_option("--time", options.time);
}

CommandSpec read_trial_section(const StudySpec& spec, const TuneOptions& options) {
  if (spec.trial == nullptr) {
    spec.root->fail(
        "\"trial\" is missing; add the command to tune: "
        "\"trial\": {\"command\": [\"python3\", \"train.py\", \"--lr\", \"{lr}\"]}");
  }
  const bool has_budget = spec.max_trials || spec.timeout_seconds || options.trials ||
                          options.more || !options.time.empty();
  if (!has_budget) {
    spec.root->fail(
        "no budget is given; add \"max_trials\" or \"timeout\", or call tune with "
        "--trials, --more or --time");
  }
  return parse_trial(*spec.trial, spec.space, spec.directory, own_program());
}

StudySettings settings_for(const CommandSpec& command, bool is_training) {
  StudySettings settings;
  if (is_training) {
    settings.device_failure_status = exit_device;
  }
  settings.retries = command.retries;
  settings.max_attempts = command.max_attempts;
  settings.seeds = command.seeds;
  return settings;
}

/// Keeps the guardian's process in the claim, so that a resume waits for the end of its trials.
class GuardianClaim {
 public:
  GuardianClaim(OpenStudy& open, const CommandRunner& runner) : open_(open), runner_(runner) {}

  /// A guardian that died has been replaced by another one.
  void renew() {
    const std::int64_t guardian = runner_.guardian_pid();
    if (guardian != claimed_) {
      claimed_ = guardian;
      open_.storage->claim(open_.record,
                           {.pid = ::getpid(), .guardian_pid = guardian, .command = kCommand});
    }
  }

 private:
  OpenStudy& open_;
  const CommandRunner& runner_;
  std::int64_t claimed_ = 0;
};

LoopResult run_trials(OpenStudy& open, CommandRunner& runner, std::optional<double> seconds,
                      Progress& progress) {
  GuardianClaim claim(open, runner);
  claim.renew();
  const LoopSettings settings{.time_seconds = seconds,
                              .arrivals = [&] { return open.arrivals(); },
                              .turn = [&] { return open.turn(); },
                              .tick =
                                  [&] {
                                    progress.tick();
                                    progress.note_stop(stop_level().load() == 1);
                                    claim.renew();
                                  }};
  LoopResult result = run_study(*open.study, runner, settings, stop_level());
  progress.end();
  return result;
}

int exit_status(const LoopResult& result, const History& history,
                const std::vector<Expression>& asserts) {
  if (result.end == StudyEnd::device_failure) {
    return exit_device;
  }
  if (result.end == StudyEnd::interrupted) {
    return interrupted_status();
  }
  if (result.end == StudyEnd::failure_limit) {
    return exit_failure_limit;
  }
  if (count_trials(history.trials())[TrialState::complete] == 0) {
    return exit_no_complete;
  }
  for (const Expression& assertion : asserts) {
    const AssertionResult judged =
        judge_assertion(assertion, history.trials(), history.objective());
    if (!judged.holds) {
      write_stderr(fmt::format("{}\n", failure_text(assertion, judged)));
      return exit_assertion;
    }
  }
  return result.end == StudyEnd::timeout ? exit_time_out : exit_done;
}

}  // namespace

int run_tune(const TuneOptions& options) {
  StudyOptions study_options = options.study;
  StudySpec spec = load_spec(study_options);
  spec.parallel = options.parallel.value_or(spec.parallel);
  std::optional<std::int64_t> trials = options.trials;
  if (!options.shard.empty()) {
    take_share(parse_shard(options.shard), spec, study_options, trials);
  }
  const CommandSpec command = read_trial_section(spec, options);
  check_training_metrics(spec);
  check_training_data(spec);
  check_training_devices(spec);
  const std::vector<Expression> asserts = parse_assertions(options.asserts);
  const std::optional<double> seconds = time_limit(options, spec);
  const Objective objective = spec.objective;
  const int slots = spec.parallel;

  Progress progress(progress_style(options.progress), objective);
  EventStream events(objective);
  OpenRequest request{.command = kCommand,
                      .trials = trials,
                      .more = options.more,
                      .settings = settings_for(command, is_training(spec)),
                      .observers = {&progress}};
  if (options.json) {
    request.observers.push_back(&events);
  }
  install_stop_signals();
  const auto open = open_study(std::move(spec), study_options, request);
  if (!open->searcher_reason.empty() && open->is_new && options.progress != "none") {
    write_stderr(fmt::format("searcher: {} ({})\n", open->record.searcher, open->searcher_reason));
  }
  const auto runner =
      make_command_runner(command, {.slots = slots,
                                    .study_name = open->record.name,
                                    .trials_directory = directory_for_trials(*open, options),
                                    .autoglm_program = own_program()});
  progress.begin(open->study->history());
  if (options.json) {
    events.study_started(open->record.name, open->study->history());
  }
  const LoopResult result = run_trials(*open, *runner, seconds, progress);
  open->study->flush();
  const History& history = open->study->history();
  const int status = exit_status(result, history, asserts);
  if (options.json) {
    events.study_finished(open->record.name, history, result.reason, status);
  } else {
    write_stdout(tune_summary(*open, command, result, columns_of_stdout()));
  }
  open->close(result.reason);
  return status;
}

}  // namespace autoglm
