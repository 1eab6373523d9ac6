// Text as XML and HTML take it.
#pragma once

#include <string>
#include <string_view>

namespace autoglm {

/// For elements and attributes in double quotes; control characters, which XML does not have, are
/// shown as \x1b.
std::string xml_text(std::string_view text);

}  // namespace autoglm
