// The JSON Schema of specs, for editors.
#pragma once

#include <string>

namespace autoglm {

/// Draft-07, indented, made from the tables that read specs and from the catalogues of searchers
/// and rules. What only a program can see (bounds the wrong way round, unknown names in
/// expressions) it does not.
std::string spec_schema();

}  // namespace autoglm
