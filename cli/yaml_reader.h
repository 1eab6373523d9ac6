// YAML as the tree that specs are read from.
#pragma once

#include <string>

#include "search_space/spec_document.h"

namespace autoglm {

/// One document of YAML 1.1 (so JSON, too) without tags; aliases and anchors are mistakes, and so
/// are keys that are no text. Plain scalars are null, true, false, integers, numbers (1e-5 is one)
/// or text. Throws SpecError with line and column.
SpecRoot read_yaml_file(const std::string& path);

}  // namespace autoglm
