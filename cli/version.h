// The version of this build.
#pragma once

namespace autoglm {

inline constexpr const char* kVersion = "autoglm " AUTOGLM_VERSION;

}  // namespace autoglm
