// The command of W&B's sweeps, with its macros, as that of a trial. Source: W&B's documentation of
// sweep configurations, "command".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/spec_draft.h"
#include "search_space/spec_document.h"

namespace autoglm {

/// `trial` of a spec with these parameters; macros without a counterpart go to `notes`. Nothing
/// where the sweep names no program, which is a note, too. Throws SpecError.
std::optional<DraftMember> trial_of_sweep(const SpecNode& sweep,
                                          const std::vector<DraftMember>& parameters,
                                          std::vector<std::string>& notes);

}  // namespace autoglm
