// Sweeps of W&B as specs. Sources: W&B's documentation of sweep configurations (keys,
// distributions, command macros, early_terminate).
#pragma once

#include <string>

#include "cli/optuna_draft.h"

namespace autoglm {

/// Reads a sweep configuration, YAML or JSON. Throws SpecError: no sweep, values that no spec can
/// hold.
DraftWithNotes draft_of_sweep(const std::string& path);

}  // namespace autoglm
