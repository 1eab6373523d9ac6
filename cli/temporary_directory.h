// A folder for a trial that is run outside any study.
#pragma once

#include <string>

namespace autoglm {

/// Makes a new folder autoglm-PURPOSE-… where temporary files are kept ($TMPDIR); nobody removes
/// it. Its path. Throws OutputError.
std::string make_temporary_directory(const std::string& purpose);

}  // namespace autoglm
