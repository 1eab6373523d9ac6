#include "cli/assertion.h"

#include <fmt/format.h>

#include <map>

#include "cli/commands.h"
#include "optimizer/summary.h"

namespace autoglm {
namespace {

std::map<std::string, Value, std::less<>> facts_about(const Trial& trial, const TrialCounts& counts,
                                                      const Objective& objective) {
  std::map<std::string, Value, std::less<>> facts{{"trials", counts.counted},
                                                  {"complete", counts[TrialState::complete]},
                                                  {"failed", counts[TrialState::failed]},
                                                  {"pruned", counts[TrialState::pruned]}};
  if (const auto seconds = duration_seconds(trial)) {
    facts["duration_s"] = *seconds;
  }
  for (const auto& [name, value] : trial.metrics) {
    facts[name] = value;
  }
  for (std::size_t i = 0; i < objective.size() && i < trial.values.size(); ++i) {
    facts[objective.metrics()[i].name] = trial.values[i];
  }
  return facts;
}

}  // namespace

Expression parse_assertion(const std::string& text) {
  try {
    Expression assertion = Expression::parse(text, Dialect::arithmetic);
    if (!assertion.is_logical()) {
      throw UsageError(fmt::format("--assert '{}': must compare something: loss < 0.1", text));
    }
    return assertion;
  } catch (const ExpressionError& error) {
    throw UsageError(
        fmt::format("--assert '{}': character {}: {}", text, error.offset + 1, error.what()));
  }
}

bool assertion_holds(const Expression& assertion, const std::vector<Trial>& trials,
                     const Objective& objective) {
  const TrialCounts counts = count_trials(trials);
  std::vector<const Trial*> judged;
  if (objective.size() == 1) {
    if (const Trial* best = best_trial(trials, objective)) {
      judged.push_back(best);
    }
  } else {
    for (const std::int64_t number : pareto_front(trials, objective)) {
      judged.push_back(&trials[static_cast<std::size_t>(number)]);
    }
  }
  for (const Trial* trial : judged) {
    const auto facts = facts_about(*trial, counts, objective);
    const bool holds = assertion.holds([&facts](std::string_view name) -> const Value* {
      const auto found = facts.find(name);
      return found == facts.end() ? nullptr : &found->second;
    });
    if (holds) {
      return true;
    }
  }
  return false;
}

}  // namespace autoglm
