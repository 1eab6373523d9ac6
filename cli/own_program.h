// Where this program lies.
#pragma once

#include <string>

namespace autoglm {

/// Absolute; empty when the system does not tell.
std::string own_program();

}  // namespace autoglm
