// What reports and summaries tell people of trials, in the same words.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "optimizer/objective.h"
#include "optimizer/summary.h"
#include "optimizer/trial.h"

namespace autoglm {

/// All states, in the order in which people and JSON readers see them.
inline constexpr std::array kStatesInReports = {
    TrialState::complete,  TrialState::pruned,  TrialState::failed, TrialState::infeasible,
    TrialState::abandoned, TrialState::running, TrialState::paused, TrialState::waiting};

/// "12 trials: 10 complete, 2 failed"; states without trials are left out.
std::string counts_text(const TrialCounts& counts);

/// What the best trial gains over the first complete one: ", 41.2 % better than the first one
/// (trial 0: 0.53)", of a first one of 0 the amount. Empty when it is the first itself. REQUIRES:
/// `best` is complete, one metric.
std::string gain_text(const Trial& best, const std::vector<Trial>& trials,
                      const Objective& objective);

/// "  lr         0.001\n", a line a parameter.
std::string parameters_text(const Configuration& configuration);

/// Why a trial ended, on one line of at most `columns` characters: where there is no room for all
/// lines of its stderr, the last one, which says it.
std::string short_reason(const std::string& reason, std::size_t columns);

/// Control characters as \x1b, so that a study's texts cannot steer a terminal.
std::string printable(std::string_view text);

/// Characters, for aligning: bytes that do not continue one.
std::size_t width_of(std::string_view text);

/// `text` with blanks behind it, up to `width` characters.
std::string padded(std::string_view text, std::size_t width);

}  // namespace autoglm
