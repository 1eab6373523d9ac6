// Early termination of W&B's sweeps as early stopping. Sources: W&B's documentation of sweep
// configurations, "early_terminate"; that a rung is rounded down is what its program does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/spec_draft.h"
#include "search_space/spec_document.h"

namespace autoglm {

/// The rule as a member of a spec; what is lost of it goes to `notes`. Nothing where it has no
/// counterpart, which is a note, too. Throws SpecError.
std::optional<DraftMember> early_stopping_of_sweep(const SpecNode& rule,
                                                   std::vector<std::string>& notes);

}  // namespace autoglm
