// What the attempts of a trial leave behind for those that follow: checkpoints, reports, values.
#pragma once

#include <string_view>
#include <vector>

#include "optimizer/trial.h"

namespace autoglm {

// Values of Attempt::outcome that mean something to us.
/// It left a checkpoint behind, for the next one to continue from.
inline constexpr std::string_view kPaused = "paused";
/// It was to be paused, but left none: continuing begins anew.
inline constexpr std::string_view kPausedWithoutCheckpoint = "paused without a checkpoint";
/// It was cut short with the study, by us or by the tuner's death.
inline constexpr std::string_view kInterrupted = "interrupted";

/// The latest attempt of this repeat that left a checkpoint; nullptr: the next begins anew.
const Attempt* checkpoint_of(const Trial& trial, int repeat);

/// Whether what attempt `number` reported belongs to the trial: that of the current attempt does,
/// and that of those which it continues.
bool reports_stand(const Trial& trial, int number);

/// Takes back what the current attempt reported, unless it left a checkpoint.
void take_back_reports(Trial& trial);

/// Of the repeats that ended well: a mean an objective.
std::vector<double> mean_of_repeats(const Trial& trial, std::size_t objectives);

/// When an attempt that nobody saw end was last heard of. REQUIRES: there is an attempt.
TimeNs last_sign_of_life(const Trial& trial);

}  // namespace autoglm
