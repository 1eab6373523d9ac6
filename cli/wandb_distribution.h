// Parameters of W&B's sweeps as domains. Source: W&B's documentation of sweep configurations,
// "Distribution options for parameters".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "search_space/parameter.h"
#include "search_space/spec_document.h"

namespace autoglm {

/// The domain of parameter `name`; what of its distribution is lost goes to `notes`. Nothing for a
/// distribution that has no counterpart, which is a note, too. Throws SpecError.
std::optional<Domain> domain_of_sweep(const std::string& name, const SpecNode& node,
                                      std::vector<std::string>& notes);

}  // namespace autoglm
