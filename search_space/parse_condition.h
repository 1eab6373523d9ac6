// The expressions of a spec that are about parameters: `when` and `constraints`.
#pragma once

#include <vector>

#include "search_space/expression.h"
#include "search_space/parameter.h"
#include "search_space/spec_document.h"

namespace autoglm {

/// Reads the conditions (nodes[i] is parameters[i]'s `when`, or null) into the parameters. Throws
/// SpecError for what could never work: unknown names, text below a number, a value that is no
/// choice, cycles.
void parse_conditions(std::vector<Parameter>& parameters,
                      const std::vector<const SpecNode*>& nodes);

/// Reads one constraint. Throws SpecError.
Expression parse_constraint(const SpecNode& node, const std::vector<Parameter>& parameters);

}  // namespace autoglm
