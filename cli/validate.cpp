// `autoglm validate`: checks a spec, shows what it means, starts nothing.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/own_program.h"
#include "cli/spec.h"
#include "cli/text.h"
#include "cli/training_checks.h"
#include "cli/validate_run.h"
#include "cli/wrapped_text.h"
#include "optimizer/pruners/catalog.h"
#include "optimizer/searchers/catalog.h"
#include "trainer/train/train_trial.h"

namespace autoglm {
namespace {

constexpr std::uint64_t kCountLimit = 1'000'000;

/// Everything that a spec resolves to.
struct Resolved {
  const StudySpec& spec;
  SearcherChoice searcher;
  PrunerChoice pruner;
  std::optional<CommandSpec> command{};
  std::optional<std::uint64_t> configurations{};  // nothing: infinitely many, or too many to count
};

Resolved resolve(const StudySpec& spec) {
  Resolved resolved{spec,
                    make_searcher(spec.searcher, spec.space,
                                  {.seed = spec.seed.value_or(0),
                                   .objectives = spec.objective.size(),
                                   .parallel = spec.parallel,
                                   .max_trials = spec.max_trials}),
                    make_pruner(spec.early_stopping)};
  check_training_metrics(spec);
  if (spec.trial != nullptr) {
    resolved.command = parse_trial(*spec.trial, spec.space, spec.directory, own_program());
  }
  resolved.configurations = spec.space.count(kCountLimit);
  return resolved;
}

std::string_view goal_text(Goal goal) { return goal == Goal::minimize ? "minimize" : "maximize"; }

std::string when_text(const Parameter& parameter) {
  return parameter.active_if ? fmt::format("  when {}", parameter.active_if->text()) : "";
}

std::string parameters_table(const SearchSpace& space) {
  std::size_t width = 0;
  for (const Parameter& parameter : space.parameters()) {
    width = std::max(width, parameter.name.size());
  }
  std::string text;
  for (const Parameter& parameter : space.parameters()) {
    text += fmt::format("  {:<{}}  {}{}\n", parameter.name, width, describe(parameter.domain),
                        when_text(parameter));
  }
  return text;
}

std::string budget_text(const StudySpec& spec) {
  std::string text = spec.max_trials ? fmt::format("{} trials", *spec.max_trials) : "";
  if (spec.timeout_seconds) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", short_duration(*spec.timeout_seconds));
  }
  return text.empty() ? "none; give tune --trials or --time" : text;
}

std::string as_text(const Resolved& resolved) {
  const StudySpec& spec = resolved.spec;
  std::string text = fmt::format("{}: valid\nstudy: {}\n", spec.path, spec.name);
  for (const Metric& metric : spec.objective.metrics()) {
    text += fmt::format("metric: {} {}{}{}\n", goal_text(metric.goal), metric.name,
                        metric.value ? " = " + metric.value->text() : "",
                        metric.target ? ", target " + number_text(*metric.target) : "");
  }
  text +=
      fmt::format("searcher: {}{}\n", resolved.searcher.name,
                  resolved.searcher.reason.empty() ? "" : " (" + resolved.searcher.reason + ")");
  text += fmt::format("early stopping: {}\nbudget: {}, {} at a time\nparameters:\n{}",
                      resolved.pruner.name, budget_text(spec), spec.parallel,
                      parameters_table(spec.space));
  for (const Expression& constraint : spec.space.constraints()) {
    text += fmt::format("constraint: {}\n", constraint.text());
  }
  text += resolved.configurations ? fmt::format("configurations: {}\n", *resolved.configurations)
                                  : "configurations: more than can be counted\n";
  text += spec.trial == nullptr ? "trial: none; for stdio\n" : "";
  for (const std::string& note : spec.notes) {
    text += fmt::format("note: {}\n", note);
  }
  return text;
}

std::string list_json(const std::vector<std::string>& elements) {
  return fmt::format("[{}]", fmt::join(elements, ","));
}

template <typename T>
std::string optional_json(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "null";
}

/// `run`: JSON of the trial that ran, or null.
std::string as_json(const Resolved& resolved, const std::string& run) {
  const StudySpec& spec = resolved.spec;
  std::vector<std::string> metrics, parameters, constraints, notes;
  for (const Metric& metric : spec.objective.metrics()) {
    metrics.push_back(fmt::format(R"({{"name":{},"goal":"{}","target":{},"value":{}}})",
                                  json_quoted(metric.name), goal_text(metric.goal),
                                  metric.target ? json_number(*metric.target) : "null",
                                  metric.value ? json_quoted(metric.value->text()) : "null"));
  }
  for (const Parameter& parameter : spec.space.parameters()) {
    parameters.push_back(
        fmt::format(R"({{"name":{},"domain":{},"when":{}}})", json_quoted(parameter.name),
                    json_quoted(describe(parameter.domain)),
                    parameter.active_if ? json_quoted(parameter.active_if->text()) : "null"));
  }
  for (const Expression& constraint : spec.space.constraints()) {
    constraints.push_back(json_quoted(constraint.text()));
  }
  for (const std::string& note : spec.notes) {
    notes.push_back(json_quoted(note));
  }
  return fmt::format(
      R"({{"schema_version":1,"valid":true,"study":{},"metrics":{},"searcher":{{"type":{},"options":{},"why":{}}},)"
      R"("early_stopping":{{"type":{},"options":{}}},"max_trials":{},"timeout_s":{},"parallel":{},)"
      R"("parameters":{},"constraints":{},"configurations":{},"trial":{},"notes":{},"run":{}}})"
      "\n",
      json_quoted(spec.name), list_json(metrics), json_quoted(resolved.searcher.name),
      resolved.searcher.options, json_quoted(resolved.searcher.reason),
      json_quoted(resolved.pruner.name), resolved.pruner.options, optional_json(spec.max_trials),
      optional_json(spec.timeout_seconds), spec.parallel, list_json(parameters),
      list_json(constraints), optional_json(resolved.configurations),
      spec.trial == nullptr ? "null" : to_json(*spec.trial), list_json(notes), run);
}

}  // namespace

int run_validate(const ValidateOptions& options) {
  const StudySpec spec = load_spec(options.study);
  const Resolved resolved = resolve(spec);
  if (!options.run) {
    if (has_training_data(spec)) {
      check_training_data(spec);
    }
    if (options.json) {
      write_stdout(as_json(resolved, "null"));
    } else {
      write_for_people(as_text(resolved));
    }
    return exit_done;
  }
  if (!resolved.command) {
    spec.root->fail(
        "\"trial\" is missing, so there is nothing to run; add its \"command\", or leave --run "
        "out");
  }
  check_training_data(spec);
  check_training_devices(spec);
  const TrialRun run = run_one_trial(spec, options.study, *resolved.command);
  const std::size_t columns = columns_of_stdout();
  write_stdout(options.json ? as_json(resolved, run_json(run))
                            : wrapped(as_text(resolved), columns) + run_text(run, columns));
  return run.exit_status;
}

}  // namespace autoglm
