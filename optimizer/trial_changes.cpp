#include "optimizer/trial_changes.h"

#include <algorithm>

#include "optimizer/attempt_outcome.h"

namespace autoglm {

Report& merge_report(Trial& trial, std::int64_t step, const MetricValues& metrics,
                     const Objective& objective, TimeNs now) {
  // Steps nearly always ascend: look from the end.
  auto report = std::find_if(trial.reports.rbegin(), trial.reports.rend(),
                             [step](const Report& one) { return one.step == step; });
  if (report == trial.reports.rend()) {
    trial.reports.push_back({.step = step});
    report = trial.reports.rbegin();
  }
  report->time = now;
  for (const auto& [name, value] : metrics) {
    if (!objective.is_computed(name)) {
      set_metric(report->metrics, name, value);
      set_metric(trial.metrics, name, value);
    }
  }
  objective.add_computed(report->metrics, trial.metrics);
  for (const auto& [name, value] : report->metrics) {
    if (objective.is_computed(name)) {
      set_metric(trial.metrics, name, value);
    }
  }
  return *report;
}

TrialEnd settled_end(TrialEnd end, Trial& trial, const Objective& objective) {
  if (end.values) {
    for (std::size_t i = 0; i < objective.size(); ++i) {
      set_metric(trial.metrics, objective.metrics()[i].name, end.values->at(i));
    }
  }
  if (end.state == TrialState::complete) {
    EndValues own = end_values(trial, objective);
    if (!own.problem.empty()) {
      end.state = TrialState::failed;
      end.reason = std::move(own.problem);
      end.values.reset();
    } else if (!end.values) {
      end.values = std::move(own.values);
    }
  } else if (end.state == TrialState::pruned && !end.values) {
    end.values = objective.last_values(trial);
  }
  return end;
}

void apply_end(TrialEnd end, Trial& trial, TimeNs now) {
  constexpr double kNanosecondsPerSecond = 1e9;
  trial.state = end.state;
  trial.reason = std::move(end.reason);
  trial.values = std::move(end.values).value_or(std::vector<double>());
  trial.finished = now;
  if (end.duration_seconds) {
    trial.started =
        trial.finished - static_cast<TimeNs>(*end.duration_seconds * kNanosecondsPerSecond);
  }
  trial.user_attrs.insert(trial.user_attrs.end(), end.user_attrs.begin(), end.user_attrs.end());
}

}  // namespace autoglm
