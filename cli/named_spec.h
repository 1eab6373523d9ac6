// The text of a spec for a study that goes by another name than the spec's.
#pragma once

#include <string>

namespace autoglm {

/// `text`, a valid spec, with `name` as its name: in the place of the one that it has, else as its
/// first key. All else, comments too, stays as it is.
std::string named_spec(const std::string& text, const std::string& name);

}  // namespace autoglm
