#include "cli/validate_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "cli/assemble.h"
#include "cli/exit_status.h"
#include "cli/json_writer.h"
#include "cli/output.h"
#include "cli/own_program.h"
#include "cli/stop_signals.h"
#include "cli/temporary_directory.h"
#include "cli/text.h"
#include "cli/trial_json.h"
#include "cli/trial_text.h"
#include "cli/wrapped_text.h"
#include "optimizer/study_loop.h"
#include "trainer/launch/command_runner.h"
#include "trainer/launch/report_line.h"
#include "trainer/train/train_trial.h"

namespace autoglm {
namespace {

namespace fs = std::filesystem;

/// The metrics that a file of lines reports.
std::set<std::string> metrics_in(const fs::path& file) {
  std::set<std::string> names;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (const auto report = parse_report_line(line)) {
      for (const auto& [name, value] : report->metrics) {
        names.insert(name);
      }
    }
  }
  return names;
}

std::vector<FoundMetric> found_metrics(const Trial& trial, const Objective& objective) {
  const fs::path directory = trial.attempts.empty() ? "" : trial.attempts.back().directory;
  const std::set<std::string> in_output = metrics_in(directory / "stdout.log");
  const std::set<std::string> in_file = metrics_in(directory / "metrics.jsonl");
  std::vector<FoundMetric> found;
  for (const auto& [name, value] : trial.metrics) {
    FoundMetric metric{.name = name, .value = value};
    metric.where = objective.is_computed(name) ? "its expression"
                   : in_output.contains(name)  ? "a JSON line of standard output"
                   : in_file.contains(name)    ? "the metrics file (autoglm log, AUTOGLM_METRICS)"
                                               : "a capture pattern";
    metric.steps = std::count_if(trial.reports.begin(), trial.reports.end(), [&](const Report& r) {
      return find_metric(r.metrics, metric.name) != nullptr;
    });
    found.push_back(std::move(metric));
  }
  return found;
}

std::vector<std::string> missing_metrics(const Trial& trial, const Objective& objective) {
  std::vector<std::string> missing;
  for (const Metric& metric : objective.metrics()) {
    if (find_metric(trial.metrics, metric.name) == nullptr) {
      missing.push_back(metric.name);
    }
  }
  return missing;
}

int exit_status_for(const Trial& trial, const LoopResult& result) {
  if (result.end == StudyEnd::interrupted) {
    return interrupted_status();
  }
  return trial.state == TrialState::complete ? exit_done : exit_no_complete;
}

std::string state_text(const TrialRun& run) {
  const std::string reason = run.trial.reason.empty() ? "" : ": " + run.trial.reason;
  return fmt::format("{}{}", to_string(run.trial.state), reason);
}

std::string hint_text(const TrialRun& run) {
  std::string names;
  for (const std::string& name : run.missing) {
    names += (names.empty() ? "" : ", ") + name;
  }
  if (run.training && !run.missing.empty()) {
    return fmt::format("not found: {}; the run ended before it reported that\n", printable(names));
  }
  return run.missing.empty()
             ? ""
             : fmt::format(
                   "not found: {}; have the program print {{\"{}\": 0.5}}, call `autoglm "
                   "log {}=0.5`, or give trial.capture a pattern\n",
                   printable(names), printable(run.missing[0]), printable(run.missing[0]));
}

}  // namespace

TrialRun run_one_trial(const StudySpec& spec, const StudyOptions& options,
                       const CommandSpec& command) {
  StudyOptions in_memory = options;
  in_memory.study = ":memory:";
  CommandSpec once = command;
  once.retries = 0;
  once.seeds = 1;
  const TemporaryDirectory directory("validate");
  write_stderr(fmt::format("the trial runs in {}\n", directory.path()));
  install_stop_signals();
  const auto open =
      open_study(load_spec(in_memory), in_memory,
                 {.command = "validate", .trials = 1, .settings = {.max_attempts = 1}});
  const auto runner = make_command_runner(once, {.study_name = spec.name,
                                                 .trials_directory = directory.path(),
                                                 .autoglm_program = own_program()});
  const LoopResult result = run_study(*open->study, *runner, {}, stop_level());
  TrialRun run{.trial = open->study->history().trials().front()};
  const Attempt attempt = run.trial.attempts.empty() ? Attempt{} : run.trial.attempts.back();
  run.directory = attempt.directory;
  run.command = shell_quoted(command_line(
      once, run.trial.configuration,
      {.seed = run.trial.seed, .directory = attempt.directory, .study_name = spec.name}));
  run.seconds = duration_seconds(run.trial).value_or(0);
  run.metrics = found_metrics(run.trial, spec.objective);
  run.missing = missing_metrics(run.trial, spec.objective);
  run.training = is_train_trial(*spec.trial);
  if (spec.max_trials) {
    run.study_seconds = run.seconds * static_cast<double>(*spec.max_trials) *
                        static_cast<double>(command.seeds) / static_cast<double>(spec.parallel);
  }
  run.exit_status = exit_status_for(run.trial, result);
  return run;
}

std::string run_text(const TrialRun& run, std::size_t columns) {
  const std::string before =
      fmt::format("\none trial: {}, {}\n{}", state_text(run), short_duration(run.seconds),
                  parameters_text(run.trial.configuration));
  // What is copied is not broken into lines.
  const std::string command =
      fmt::format("command: {}\ndirectory: {}\n", run.command, run.directory);
  std::string text = run.metrics.empty() ? "metrics: none\n" : "metrics:\n";
  for (const FoundMetric& metric : run.metrics) {
    text += fmt::format("  {}  {}, {} report{}, by {}\n", printable(metric.name),
                        number_text(metric.value), metric.steps, metric.steps == 1 ? "" : "s",
                        metric.where);
  }
  text += hint_text(run);
  if (run.study_seconds) {
    text +=
        fmt::format("the whole study would take about {}\n", short_duration(*run.study_seconds));
  }
  return wrapped(before, columns) + command + wrapped(text, columns);
}

std::string run_json(const TrialRun& run) {
  JsonWriter json;
  json.begin_object();
  json.key("state").text(to_string(run.trial.state));
  write_text_or_null(json.key("reason"), run.trial.reason);
  json.key("params").configuration(run.trial.configuration);
  json.key("command").text(run.command).key("directory").text(run.directory);
  json.key("duration_s").number(run.seconds);
  json.key("metrics").begin_array();
  for (const FoundMetric& metric : run.metrics) {
    json.begin_object().key("name").text(metric.name).key("value").number(metric.value);
    json.key("where").text(metric.where).key("reports").integer(metric.steps).end_object();
  }
  json.end_array().key("missing").begin_array();
  for (const std::string& name : run.missing) {
    json.text(name);
  }
  write_optional(json.end_array().key("study_duration_s"), run.study_seconds);
  return json.end_object().take();
}

}  // namespace autoglm
