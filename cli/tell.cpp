// `autoglm tell`: what became of a trial that `autoglm ask` gave out, or what it reports meanwhile.
#include <fmt/format.h>

#include <charconv>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/json_writer.h"
#include "cli/opened_study.h"
#include "cli/output.h"
#include "cli/stored_study.h"
#include "cli/study_report.h"
#include "cli/told_end.h"
#include "storage/trial_rows.h"

namespace autoglm {
namespace {

constexpr const char* kPlace = "autoglm tell";

[[noreturn]] void fail(const std::string& what) {
  throw UsageError(fmt::format("{}: {}", kPlace, what));
}

double read_value(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stopped != end) {
    fail(fmt::format("{}: the value must be a number, nan, inf or -inf", text));
  }
  return value;
}

TrialState read_state(const std::string& text) {
  const auto state = trial_state_from(text);
  if (!state || !is_finished(*state)) {
    fail(
        fmt::format("--state {}: must be complete, pruned, failed, infeasible or abandoned", text));
  }
  return *state;
}

TellRequest request_of(const TellOptions& options) {
  TellRequest request{.trial = options.trial, .reason = options.reason};
  if (options.value) {
    request.value = read_value(*options.value);
  }
  if (!options.values.empty()) {
    request.values = parse_metric_values(options.values, "--values", NumbersIn::values);
  }
  if (!options.state.empty()) {
    request.state = read_state(options.state);
  }
  if (request.value && request.values) {
    fail("a value and --values exclude each other; give one of them");
  }
  const bool takes_value =
      request.state == TrialState::complete || request.state == TrialState::pruned;
  if (!takes_value && (request.value || request.values)) {
    fail(fmt::format("a value goes with complete and pruned only, not with --state {}",
                     options.state));
  }
  if (options.state.empty() && !request.value && !request.values) {
    fail("what became of the trial is missing; give its value, --values or --state");
  }
  return request;
}

/// A trial that runs and that nobody but its asker ends.
void require_told_here(const Trial& trial, const std::string& path) {
  const std::string place = fmt::format("{}: trial {}", path, trial.number);
  if (is_finished(trial.state)) {
    throw UsageError(fmt::format("{}: is {} already", place, to_string(trial.state)));
  }
  if (trial.state == TrialState::waiting) {
    throw UsageError(fmt::format("{}: is waiting; get it from `autoglm ask` first", place));
  }
  if (!trial.external && !trial.attempts.empty()) {
    throw UsageError(fmt::format(
        "{}: is run by `autoglm tune`, which sees its end itself; let it report by `autoglm log`",
        place));
  }
}

void require_own_study(const StudyFile& file, const std::string& path) {
  if (file.record.uuid.empty()) {
    throw UsageError(
        fmt::format("{}: study \"{}\" was made by another program; tell its trials there", path,
                    file.record.name));
  }
}

int tell_end(const TellOptions& options, const StudyFile& file) {
  const TellRequest request = request_of(options);
  const Objective objective = objective_of(file.record);
  const auto told =
      file.storage->revise(file.record, options.trial, [&](Trial& trial, std::int64_t event) {
        require_told_here(trial, options.study);
        TrialEnd end =
            told_end(request, trial, objective, {.tell = options.study, .values = "--values"});
        if (end.state == TrialState::pruned && end.reason.empty()) {
          end.reason = trial.reason;  // why it was told to stop
        }
        apply_end(settled_end(std::move(end), trial, objective), trial, time_now());
        trial.finished_sequence = event;
        return std::vector<const Report*>();
      });
  if (!told) {
    fail_unknown_trial(file, options.study, options.trial);
  }
  JsonWriter json;
  json.begin_object().key("trial").integer(told->number);
  json.key("state").text(to_string(told->state)).end_object();
  write_stdout(json.take() + '\n');
  return exit_done;
}

MetricValues reported_metrics(const TellOptions& options, const Objective& objective) {
  if (!options.state.empty() || !options.reason.empty()) {
    fail("--step is a report in between, which has no --state and no --reason");
  }
  if (options.value && !options.values.empty()) {
    fail("a value and --values exclude each other; give one of them");
  }
  if (!options.values.empty()) {
    return parse_metric_values(options.values, "--values", NumbersIn::reported);
  }
  if (!options.value) {
    fail("--step: what is reported is missing; give its value, or --values");
  }
  if (objective.size() > 1) {
    fail(fmt::format("the study has {} metrics; give --values by their names", objective.size()));
  }
  return {{objective.metrics()[0].name, read_value(*options.value)}};
}

/// A running trial that was told to stop says why.
bool was_told_to_stop(const Trial& trial) { return !trial.reason.empty(); }

/// Keeps the verdict, which stays what it is whatever is reported from now on.
void keep_verdict(const StudyFile& file, std::int64_t number, const std::string& reason) {
  file.storage->revise(file.record, number, [&](Trial& trial, std::int64_t /*event*/) {
    if (trial.state == TrialState::running) {
      trial.reason = reason;
    }
    return std::vector<const Report*>();
  });
}

int tell_report(const TellOptions& options, const StudyFile& file) {
  const Objective objective = objective_of(file.record);
  const MetricValues metrics = reported_metrics(options, objective);
  std::int64_t event = -1;
  const auto trial =
      file.storage->revise(file.record, options.trial, [&](Trial& one, std::int64_t sequence) {
        require_told_here(one, options.study);
        if (was_told_to_stop(one)) {
          return std::vector<const Report*>();
        }
        Report& report = merge_report(one, *options.step, metrics, objective, time_now());
        report.sequence = event = sequence;
        return std::vector<const Report*>{&report};
      });
  if (!trial) {
    fail_unknown_trial(file, options.study, options.trial);
  }
  std::string reason = trial->reason;
  if (event >= 0 && file.record.pruner != "none") {
    reason =
        judgement_at(load_stored_study(file, options.study), options.trial, event).verdict.reason;
    if (!reason.empty()) {
      keep_verdict(file, options.trial, reason);
    }
  }
  JsonWriter json;
  json.begin_object().key("trial").integer(options.trial).key("stop").boolean(!reason.empty());
  if (!reason.empty()) {
    json.key("reason").text(reason);
  }
  json.end_object();
  write_stdout(json.take() + '\n');
  return reason.empty() ? exit_done : exit_stop_trial;
}

}  // namespace

int run_tell(const TellOptions& options) {
  const StudyFile file = open_study_file(options.study, options.study_name, OpenMode::read_write);
  require_own_study(file, options.study);
  try {
    return options.step ? tell_report(options, file) : tell_end(options, file);
  } catch (const StdioError& error) {
    fail(error.what());
  }
}

}  // namespace autoglm
