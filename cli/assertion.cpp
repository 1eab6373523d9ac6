#include "cli/assertion.h"

#include <fmt/format.h>

#include <map>

#include "cli/commands.h"
#include "optimizer/summary.h"
#include "search_space/spec_document.h"

namespace autoglm {
namespace {

using Facts = std::map<std::string, Value, std::less<>>;

Facts facts_about(const Trial& trial, const TrialCounts& counts, const Objective& objective) {
  Facts facts{{"trials", counts.counted},
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

/// "best trial 2: loss 0.09, trials 4": the names of the assertion and their values.
std::string judged_by(const Expression& assertion, const Trial& trial, const Facts& facts) {
  std::string text = fmt::format("best trial {}:", trial.number);
  const char* separator = " ";
  for (const std::string& name : assertion.names()) {
    const auto fact = facts.find(name);
    if (fact != facts.end()) {
      text += fmt::format("{}{} {}", separator, name, value_text(fact->second));
    } else {
      std::vector<std::string> known;
      for (const auto& [other, value] : facts) {
        known.push_back(other);
      }
      const auto meant = did_you_mean(name, known);
      text += fmt::format("{}no {}{}", separator, name,
                          meant ? fmt::format(" (did you mean {}?)", *meant) : "");
    }
    separator = ", ";
  }
  return text;
}

/// The best trial, or those of the front.
std::vector<const Trial*> judged_trials(const std::vector<Trial>& trials,
                                        const Objective& objective) {
  std::vector<const Trial*> judged;
  if (objective.size() == 1) {
    if (const Trial* best = best_trial(trials, objective)) {
      judged.push_back(best);
    }
    return judged;
  }
  for (const std::int64_t number : pareto_front(trials, objective)) {
    judged.push_back(&trials[static_cast<std::size_t>(number)]);
  }
  return judged;
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

std::vector<Expression> parse_assertions(const std::vector<std::string>& texts) {
  std::vector<Expression> assertions;
  assertions.reserve(texts.size());
  for (const std::string& text : texts) {
    assertions.push_back(parse_assertion(text));
  }
  return assertions;
}

AssertionResult judge_assertion(const Expression& assertion, const std::vector<Trial>& trials,
                                const Objective& objective) {
  const TrialCounts counts = count_trials(trials);
  const std::vector<const Trial*> judged = judged_trials(trials, objective);
  AssertionResult result{.text = judged.empty() ? "no trial is complete"
                                                : "none of the best trials satisfies it"};
  for (const Trial* trial : judged) {
    const Facts facts = facts_about(*trial, counts, objective);
    result.holds = assertion.holds([&facts](std::string_view name) -> const Value* {
      const auto found = facts.find(name);
      return found == facts.end() ? nullptr : &found->second;
    });
    if (result.holds || judged.size() == 1) {
      result.text = judged_by(assertion, *trial, facts);
    }
    if (result.holds) {
      break;
    }
  }
  return result;
}

std::string failure_text(const Expression& assertion, const AssertionResult& result) {
  return fmt::format("--assert '{}': does not hold; {}", assertion.text(), result.text);
}

}  // namespace autoglm
