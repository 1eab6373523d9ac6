// --assert: a sentence about a study that a pipeline relies on.
#pragma once

#include <string>
#include <vector>

#include "optimizer/history.h"
#include "search_space/expression.h"

namespace autoglm {

/// Throws UsageError with the place in the text: "--assert 'loss <': …".
Expression parse_assertion(const std::string& text);
std::vector<Expression> parse_assertions(const std::vector<std::string>& texts);

struct AssertionResult {
  bool holds = false;
  std::string text{};  // what it was judged by: "best trial 2: loss 0.09"
};

/// Whether it holds for the best complete trial (with several metrics: for one of the Pareto
/// front). Names are metrics, and trials, complete, failed, pruned (counts) and duration_s (the
/// best trial's). It does not hold without a complete trial, nor where a name has no value.
AssertionResult judge_assertion(const Expression& assertion, const std::vector<Trial>& trials,
                                const Objective& objective);

/// What stderr gets of one that does not hold.
std::string failure_text(const Expression& assertion, const AssertionResult& result);

}  // namespace autoglm
