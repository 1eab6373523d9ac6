// One parameter of a spec's `parameters`.
#pragma once

#include <string>
#include <vector>

#include "search_space/parameter.h"
#include "search_space/parse_type.h"
#include "search_space/spec_document.h"
#include "search_space/spec_key.h"

namespace autoglm {

/// What a parameter's object says; `when` is read later, when all names are known.
struct ParsedDomain {
  Domain domain{};
  const SpecNode* when = nullptr;  // points into the spec
};

/// Reads {"type": …, …}. Throws SpecError; adds lines for people to `notes` unless it is null.
ParsedDomain parse_domain(const SpecNode& node, std::vector<std::string>* notes);

/// What a parameter of that type may have, beside its type.
std::vector<SpecKey> parameter_keys(ParameterType type);

}  // namespace autoglm
