// Reading JSON text into SpecNodes, with places.
#pragma once

#include <string_view>

#include "search_space/spec_document.h"

namespace autoglm {

/// The text is not JSON at all, as against JSON that breaks a rule of ours.
class SpecSyntaxError : public SpecError {
 public:
  using SpecError::SpecError;
};

/// Reads `text` as the value that stands at `start`: `start.pointer` is the value's, and with
/// `start.line` 0 no place within it has a line. Throws SpecError.
SpecRoot read_json(std::string_view text, const SpecPlace& start);

/// `pointer` (RFC 6901) one step further.
std::string pointer_to(const std::string& pointer, std::string_view key);

}  // namespace autoglm
