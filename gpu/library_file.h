// What can be seen of a shared library's file before the loader maps it.
#pragma once

#include <string>

namespace autoglm {

/// Whether the file ends before its own table of sections does, as one that was copied in part:
/// the loader maps it all the same, and the process dies where it is used (SIGBUS). False for what
/// is no ELF file of 64 bits, or cannot be read: the loader says what is wrong with it.
bool is_cut_short(const std::string& path);

}  // namespace autoglm
