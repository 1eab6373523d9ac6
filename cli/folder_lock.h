// A folder that one run at a time writes to.
#pragma once

#include <string>

#include "trainer/launch/file_descriptor.h"

namespace autoglm {

/// Holds the folder until what is returned is closed, or the process ends, however it does. `name`
/// is the folder as the user called it: "--dir run". Throws UsageError where another process holds
/// it. A file system that knows no locks has none.
FileDescriptor lock_folder(const std::string& path, const std::string& name);

}  // namespace autoglm
