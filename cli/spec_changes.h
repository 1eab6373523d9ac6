// What changed between the spec that a study was begun with and the one it is resumed with.
#pragma once

#include <string>
#include <vector>

#include "search_space/spec_document.h"

namespace autoglm {

struct SpecChange {
  std::string path{};     // dotted: "parameters.x.max"
  std::string text{};     // for people: "parameters.x.max: 1 → 2"
  std::string refusal{};  // the rule that forbids it; empty: the study may go on
};

/// Aliases are resolved first, so that `high` for `max` is no change. Ranges, added choices,
/// budgets, parallelism, time-outs, searcher, early stopping, trial and constraints may change;
/// the metric, its goal, a parameter's type or condition, removed or reordered choices, added or
/// removed parameters may not.
std::vector<SpecChange> compare_specs(const SpecNode& before, const SpecNode& after);

}  // namespace autoglm
