// Histories for tests: spaces from text, and what became of trials, without a study around them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "optimizer/history.h"
#include "optimizer/searchers/catalog.h"

namespace autoglm::testing {

/// `parameters` and `constraints` as in a spec, JSON; no constraints: empty.
SearchSpace space_of(const std::string& parameters, const std::string& constraints = "");

/// A section of a spec, JSON, to a searcher.
SearcherChoice searcher_of(const std::string& section, const SearchSpace& space,
                           const SearcherContext& context = {.seed = 1});

/// A configuration of `history`'s space, JSON.
Configuration configuration_of(const std::string& json, const SearchSpace& space);

/// A history with one objective, or several, to be minimized.
History empty_history(SearchSpace space, std::size_t objectives = 1);

/// The next trial, in `state`, asked and (unless it is open) finished now.
Trial& add_trial(History& history, Configuration configuration, TrialState state,
                 std::vector<double> values = {});

/// How long a trial without attempts took.
void set_duration(Trial& trial, double seconds);

/// An open trial has ended.
void finish_trial(History& history, std::int64_t number, TrialState state,
                  std::vector<double> values = {});

}  // namespace autoglm::testing
