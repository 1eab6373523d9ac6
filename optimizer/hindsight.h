// A history as it was: to derive anew what was decided then.
#pragma once

#include <cstdint>

#include "optimizer/history.h"

namespace autoglm {

/// The history as it was when `trial` was chosen: after the events before `trial.seen`, and without
/// the trial itself. What was waiting then is not told apart from what was running.
History history_seen_by(const Trial& trial, const History& history);

/// The history that a rule judged a running trial by when it reported: after the events before
/// `event` and that report, which has this number. Of a report that was replaced later the new
/// numbers are there, or none.
History history_at_report(std::int64_t trial, std::int64_t event, const History& history);

}  // namespace autoglm
