// What can be found out of a training study before its first trial.
#pragma once

#include "cli/spec.h"

namespace autoglm {

/// Whether the trials are runs of the built-in trainer.
bool is_training(const StudySpec& spec);

// Nothing happens where they are commands.

/// The study's metrics must be among those that training reports. Throws SpecError.
void check_training_metrics(const StudySpec& spec);

/// Whether the file that trials train on is there.
bool has_training_data(const StudySpec& spec);

/// Reads the data once: whatever is wrong with them would be wrong in each trial; and so is a
/// metric that is not reported of them, or a key of `training` or `model` that does not go with
/// them, whatever the parameters are. Throws DataError, SpecError.
void check_training_data(const StudySpec& spec);

/// The devices that trials name must be there. Throws DeviceError.
void check_training_devices(const StudySpec& spec);

}  // namespace autoglm
