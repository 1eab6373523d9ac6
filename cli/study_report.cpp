#include "cli/study_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "search_space/spec_document.h"

namespace autoglm {
namespace {

/// nullptr where the study has no spec, or one that this version cannot read.
SpecRoot stored_spec(const StudyRecord& record) {
  if (record.spec_json.empty()) {
    return nullptr;
  }
  try {
    return read_spec(record.spec_json, record.name);
  } catch (const SpecError&) {
    return nullptr;
  }
}

std::optional<Objective> objective_in(const SpecNode& spec) {
  const SpecNode* const one = spec.member("metric");
  const SpecNode* const node = one != nullptr ? one : spec.member("metrics");
  if (node == nullptr) {
    return std::nullopt;
  }
  try {
    return parse_objective(*node);
  } catch (const SpecError&) {
    return std::nullopt;
  }
}

Objective objective_from_columns(const StudyRecord& record) {
  const std::size_t n = std::max<std::size_t>(record.goals.size(), 1);
  std::vector<Metric> metrics(n);
  for (std::size_t i = 0; i < n; ++i) {
    metrics[i].name = n == 1 ? "value" : fmt::format("value_{}", i);
    if (i < record.metric_names.size()) {
      metrics[i].name = record.metric_names[i];
    }
    if (i < record.goals.size()) {
      metrics[i].goal = record.goals[i];
    }
  }
  return Objective(std::move(metrics));
}

/// Names in the order in which they were first added.
class NameList {
 public:
  void add(const std::string& name) {
    if (seen_.insert(name).second) {
      names_.push_back(name);
    }
  }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  std::vector<std::string> names_{};
  std::unordered_set<std::string> seen_{};
};

void collect_names(StudyReport& report) {
  NameList parameters;
  NameList attributes;
  const SpecRoot spec = stored_spec(report.record);
  const SpecNode* const listed = spec ? spec->member("parameters") : nullptr;
  if (listed != nullptr && listed->is(SpecNode::Kind::object)) {
    for (const SpecMember& member : listed->as_object()) {
      parameters.add(member.key);
    }
  }
  for (const Trial& trial : report.trials) {
    for (const auto& [name, value] : trial.configuration) {
      parameters.add(name);
    }
    for (const auto& [name, json] : trial.user_attrs) {
      attributes.add(name);
    }
  }
  report.parameters = parameters.take();
  report.user_attrs = attributes.take();
}

}  // namespace

Objective objective_of(const StudyRecord& record) {
  const SpecRoot spec = stored_spec(record);
  std::optional<Objective> objective = spec ? objective_in(*spec) : std::nullopt;
  return objective ? *std::move(objective) : objective_from_columns(record);
}

StudyReport make_study_report(StudyRecord record, std::vector<Trial> trials) {
  StudyReport report{.objective = objective_of(record)};
  report.record = std::move(record);
  report.trials = std::move(trials);
  report.counts = count_trials(report.trials);
  if (report.objective.size() > 1) {
    report.pareto = pareto_front(report.trials, report.objective);
  } else if (const Trial* best = best_trial(report.trials, report.objective)) {
    report.best = best->number;
  }
  collect_names(report);
  return report;
}

std::vector<const Trial*> ranked_trials(const StudyReport& report) {
  std::vector<const Trial*> ranked;
  if (report.objective.size() > 1) {
    for (const std::int64_t number : report.pareto) {
      ranked.push_back(&trial_of(report, number));
    }
    return ranked;
  }
  for (const Trial& trial : report.trials) {
    if (trial.state == TrialState::complete && !trial.values.empty()) {
      ranked.push_back(&trial);
    }
  }
  const auto cost = [&](const Trial* trial) { return report.objective.cost(0, trial->values[0]); };
  std::stable_sort(ranked.begin(), ranked.end(),
                   [&](const Trial* a, const Trial* b) { return cost(a) < cost(b); });
  return ranked;
}

const Trial& trial_of(const StudyReport& report, std::int64_t number) {
  return report.trials.at(static_cast<std::size_t>(number));
}

std::optional<double> single_value(const StudyReport& report, const Trial& trial) {
  if (report.objective.size() > 1 || trial.values.empty()) {
    return std::nullopt;
  }
  return trial.values[0];
}

std::string_view to_string(Goal goal) { return goal == Goal::minimize ? "minimize" : "maximize"; }

}  // namespace autoglm
