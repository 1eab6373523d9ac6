#include "cli/event_stream.h"

#include <fmt/format.h>

#include "cli/output.h"
#include "cli/text.h"
#include "optimizer/summary.h"

namespace autoglm {
namespace {

std::string trial_members(const Trial& trial) {
  return fmt::format(R"(,"trial":{},"attempt":{})", trial.number,
                     trial.attempts.empty() ? 0 : trial.attempts.back().number);
}

std::string metrics_json(const MetricValues& metrics) {
  std::string json = "{";
  for (const auto& [name, value] : metrics) {
    json +=
        fmt::format("{}{}:{}", json.size() > 1 ? "," : "", json_quoted(name), json_number(value));
  }
  return json + "}";
}

std::string value_member(const Trial& trial) {
  if (trial.values.empty()) {
    return R"(,"value":null)";
  }
  if (trial.values.size() == 1) {
    return fmt::format(R"(,"value":{})", json_number(trial.values[0]));
  }
  std::string values;
  for (const double value : trial.values) {
    values += (values.empty() ? "" : ",") + json_number(value);
  }
  return fmt::format(R"(,"values":[{}])", values);
}

}  // namespace

void EventStream::add(const std::string& event, const std::string& members) {
  lines_ += fmt::format(R"({{"schema_version":1,"event":"{}"{}}})"
                        "\n",
                        event, members);
}

std::string EventStream::best_member(const Trial* best) const {
  if (objective_.size() > 1) {
    return "";
  }
  if (best == nullptr) {
    return R"(,"best":null)";
  }
  return fmt::format(R"(,"best":{{"trial":{},"value":{}}})", best->number,
                     json_number(best->values[0]));
}

void EventStream::on_event(const StudyEvent& event) {
  const Trial& trial = event.trial;
  if (event.kind == EventKind::started) {
    add("trial_started", fmt::format(R"({},"params":{})", trial_members(trial),
                                     configuration_json(trial.configuration)));
  } else if (event.kind == EventKind::reported && event.report != nullptr) {
    const double value = objective_.value_at(0, event.report->metrics);
    add("report",
        fmt::format(R"({},"step":{},"value":{},"metrics":{})", trial_members(trial),
                    event.report->step, json_number(value), metrics_json(event.report->metrics)));
  } else if (event.kind == EventKind::finished) {
    if (objective_.size() == 1 && is_better(trial, best_ ? &*best_ : nullptr, objective_)) {
      best_ = trial;
    }
    add("trial_finished", fmt::format(R"({},"state":"{}"{},"reason":{}{})", trial_members(trial),
                                      to_string(trial.state), value_member(trial),
                                      trial.reason.empty() ? "null" : json_quoted(trial.reason),
                                      best_member(best_ ? &*best_ : nullptr)));
  }
}

void EventStream::flush() {
  if (!lines_.empty()) {
    const std::string lines = std::move(lines_);
    lines_.clear();
    write_stdout(lines);
  }
}

void EventStream::study_started(const std::string& study, const History& history) {
  lines_.clear();  // of what was told before this run
  if (const Trial* best = best_trial(history.trials(), objective_)) {
    best_ = *best;
  }
  const auto total = history.max_trials();
  add("study_started",
      fmt::format(R"(,"study":{},"trials":{},"max_trials":{})", json_quoted(study),
                  history.trials().size(), total ? fmt::format("{}", *total) : "null"));
  flush();
}

void EventStream::study_finished(const std::string& study, const History& history,
                                 const std::string& reason, int exit_status) {
  const TrialCounts counts = count_trials(history.trials());
  std::string by_state;
  for (int i = 0; i < static_cast<int>(counts.by_state.size()); ++i) {
    by_state +=
        fmt::format(R"({}"{}":{})", i == 0 ? "" : ",", to_string(static_cast<TrialState>(i)),
                    counts.by_state[static_cast<std::size_t>(i)]);
  }
  add("study_finished", fmt::format(R"(,"study":{},"reason":{},"exit":{},"counts":{{{}}}{})",
                                    json_quoted(study), json_quoted(reason), exit_status, by_state,
                                    best_member(best_trial(history.trials(), objective_))));
  flush();
}

}  // namespace autoglm
