// Which build of a library this is.
#pragma once

#include <string>

namespace autoglm {

/// The build ID that the linker wrote into the loaded file that `address` is in, as hexadecimal
/// digits: equal only where code and data are. Empty where there is none.
std::string build_id_of(const void* address);

}  // namespace autoglm
