// Where what can be found out again is kept for a user.
#pragma once

#include <string>

namespace autoglm {

/// $XDG_CACHE_HOME/autoglm, else $HOME/.cache/autoglm, as the XDG Base Directory Specification
/// (0.8) has it: a path that is not absolute does not count. Empty: neither variable has one.
std::string cache_folder();

}  // namespace autoglm
