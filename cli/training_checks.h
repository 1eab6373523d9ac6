// What can be found out of a training study before its first trial.
#pragma once

#include "cli/spec.h"

namespace autoglm {

/// Nothing happens where the trials are commands. Else the study's metrics must be among those that
/// training reports (SpecError), and the data are read once: whatever is wrong with them would be
/// wrong in each trial (DataError).
void check_training(const StudySpec& spec);

}  // namespace autoglm
