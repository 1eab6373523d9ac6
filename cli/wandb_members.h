// Members of a W&B sweep's objects, by key.
#pragma once

#include <string>

#include "search_space/spec_document.h"

namespace autoglm {

/// Empty where there is none. Throws SpecError: no text.
std::string text_member(const SpecNode& node, const char* key);

/// Throws SpecError: no number.
double number_member(const SpecNode& node, const char* key, double otherwise);

}  // namespace autoglm
