// Tables of learning curves, for the tests of early stopping.
#pragma once

#include <string>
#include <vector>

#include "optimizer/pruner.h"
#include "tests/optimizer/fakes.h"

namespace autoglm::fakes {

/// A row a complete trial: its losses at steps 0, 1, 2, …
using Table = std::vector<std::vector<double>>;

History history_of(const Table& table, Goal goal = Goal::minimize);

/// Adds a running trial with these losses at steps 0, 1, 2, …
Trial& add_running(History& history, const std::vector<double>& losses);

/// What the rule (the spec's `early_stopping`) says of one more trial, running with these losses.
Verdict judge(const std::string& rule, History history, const std::vector<double>& losses);
inline Verdict judge(const std::string& rule, const Table& table,
                     const std::vector<double>& losses) {
  return judge(rule, history_of(table), losses);
}

}  // namespace autoglm::fakes
