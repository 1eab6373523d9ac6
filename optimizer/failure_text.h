// What is said of how an attempt ended, and when two failures are alike.
#pragma once

#include <string>
#include <string_view>

#include "optimizer/trial.h"
#include "optimizer/trial_runner.h"

namespace autoglm {

/// How the attempt ended, without what it wrote: "exit status 1", "signal 9 (Killed)",
/// "timeout: longer than 20m".
std::string ending_text(const Finished& finished);

/// ending_text and the last lines of stderr, on one line: "exit status 1: ValueError: bad lr".
std::string failure_reason(const Finished& finished);

/// Equal for failures alike: the same exit status or signal and the same last line of stderr,
/// numbers in it disregarded.
std::string failure_likeness(const Finished& finished);

/// The same of a trial that others ran, by the reason that they told; empty: it did not fail.
std::string likeness_when_told(TrialState state, const std::string& reason);

/// Why a program that ended well ended before it had to: what follows kEndedEarly in the last line
/// of stderr; empty when that line says something else.
std::string early_end_reason(const Finished& finished);
inline constexpr std::string_view kEndedEarly = "ended early: ";

}  // namespace autoglm
