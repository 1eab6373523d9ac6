// One parameter of a spec's `parameters`.
#pragma once

#include <string>
#include <vector>

#include "search_space/parameter.h"
#include "search_space/spec_document.h"

namespace autoglm {

/// What a parameter's object says; `when` is read later, when all names are known.
struct ParsedDomain {
  Domain domain{};
  const SpecNode* when = nullptr;  // points into the spec
};

/// Reads {"type": …, …}. Throws SpecError; adds lines for people to `notes` unless it is null.
ParsedDomain parse_domain(const SpecNode& node, std::vector<std::string>* notes);

}  // namespace autoglm
