#include "cli/optuna_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "cli/study_report.h"

namespace autoglm {
namespace {

/// A parameter over all its distributions.
struct Merged {
  std::string name{};
  Domain domain{};
  std::int64_t trials = 0;
  bool varies = false;  // the distributions differ
  bool mixes = false;   // their kinds do
  bool is_odd = false;
};

bool same_domain(const Domain& a, const Domain& b) {
  return parameter_json(a) == parameter_json(b);
}

template <typename Range>
void widen(Range& range, const Range& other) {
  range.min = std::min(range.min, other.min);
  range.max = std::max(range.max, other.max);
  range.log = range.log && other.log;
  if (range.step != other.step) {
    range.step = std::is_integral_v<decltype(range.step)> ? 1 : 0;
  }
}

void widen(Choice& choice, const Choice& other) {
  for (const Value& value : other.choices) {
    const bool is_known =
        std::any_of(choice.choices.begin(), choice.choices.end(),
                    [&value](const Value& known) { return same_value(known, value); });
    if (!is_known) {
      choice.choices.push_back(value);
    }
  }
}

void merge(Merged& merged, const StoredDistribution& stored) {
  merged.trials += stored.trials;
  merged.is_odd = merged.is_odd || stored.has_odd_choices;
  if (same_domain(merged.domain, stored.domain)) {
    return;
  }
  merged.varies = true;
  if (merged.domain.index() != stored.domain.index()) {
    merged.mixes = true;
    return;
  }
  std::visit(
      [&stored](auto& domain) {
        widen(domain, std::get<std::decay_t<decltype(domain)>>(stored.domain));
      },
      merged.domain);
}

std::vector<Merged> merged_parameters(const std::vector<StoredDistribution>& distributions) {
  std::vector<Merged> all;
  for (const StoredDistribution& stored : distributions) {
    const auto found = std::find_if(all.begin(), all.end(), [&stored](const Merged& merged) {
      return merged.name == stored.parameter;
    });
    if (found == all.end()) {
      all.push_back({.name = stored.parameter,
                     .domain = stored.domain,
                     .trials = stored.trials,
                     .is_odd = stored.has_odd_choices});
    } else {
      merge(*found, stored);
    }
  }
  return all;
}

/// Optuna keeps 1, 1.0 and True apart in lists of choices; a spec does not.
void drop_twins(Merged& merged, std::vector<std::string>& notes) {
  auto* choice = std::get_if<Choice>(&merged.domain);
  if (choice == nullptr) {
    return;
  }
  Choice distinct;
  widen(distinct, *choice);
  if (distinct.choices.size() != choice->choices.size()) {
    notes.push_back(
        fmt::format("parameter {}: some of its choices are the same value (1, 1.0 and "
                    "true are); the first of them is kept",
                    json_quoted(merged.name)));
    *choice = distinct;
  }
}

std::string comment_on(const Merged& merged, std::int64_t drawn, std::vector<std::string>& notes) {
  const std::string name = json_quoted(merged.name);
  if (merged.mixes) {
    notes.push_back(
        fmt::format("parameter {}: has distributions of several kinds; the first one "
                    "is drafted",
                    name));
  } else if (merged.varies) {
    notes.push_back(
        fmt::format("parameter {}: its range changed from trial to trial; the widest "
                    "is drafted",
                    name));
  }
  if (merged.is_odd) {
    notes.push_back(
        fmt::format("parameter {}: has choices that are no JSON scalars; they became "
                    "text",
                    name));
  }
  if (merged.trials < drawn) {
    notes.push_back(
        fmt::format("parameter {}: only {} of {} trials have it; Optuna keeps no "
                    "conditions, add its \"when\"",
                    name, merged.trials, drawn));
    return "not in every trial: add \"when\"";
  }
  return "";
}

std::string metric_json(const Objective& objective) {
  std::string text;
  for (const Metric& metric : objective.metrics()) {
    text += fmt::format(R"({}{{"name": {}, "goal": "{}"}})", text.empty() ? "" : ", ",
                        json_quoted(metric.name), to_string(metric.goal));
  }
  return objective.size() == 1 ? text : "[" + text + "]";
}

}  // namespace

DraftWithNotes draft_of_optuna(const StudyRecord& study, const Objective& objective,
                               const std::vector<StoredDistribution>& distributions,
                               const std::vector<Trial>& trials) {
  DraftWithNotes result;
  SpecDraft& draft = result.draft;
  draft.name = study.name;
  draft.comments = {"Drafted by `autoglm import` from a study of Optuna."};
  draft.head = {{.key = "metric",
                 .json = metric_json(objective),
                 .comment = study.metric_names.empty() ? "Optuna names no metric: name it as your "
                                                         "program reports it"
                                                       : ""},
                {.key = "max_trials",
                 .json = std::to_string(trials.size() + 50),
                 .comment = fmt::format("in all; {} are there", trials.size())}};
  const auto drawn = std::count_if(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.state != TrialState::waiting && !trial.configuration.empty();
  });
  for (Merged& merged : merged_parameters(distributions)) {
    drop_twins(merged, result.notes);
    draft.parameters.push_back({.key = merged.name,
                                .json = parameter_json(merged.domain),
                                .comment = comment_on(merged, drawn, result.notes)});
  }
  draft.suggestions = {"For tune, the command of a trial:",
                       R"(, "trial": {"command": ["python3", "train.py", "--lr", "{lr}"]})"};
  result.notes.emplace_back("sampler and pruner: Optuna does not store them; autoglm chooses");
  return result;
}

}  // namespace autoglm
