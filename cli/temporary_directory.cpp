#include "cli/temporary_directory.h"

#include <fmt/format.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "cli/output.h"

namespace autoglm {

TemporaryDirectory::TemporaryDirectory(const std::string& purpose)
    : path_((std::filesystem::temp_directory_path() / fmt::format("autoglm-{}-XXXXXX", purpose))
                .string()) {
  if (::mkdtemp(path_.data()) == nullptr) {
    throw OutputError(
        fmt::format("{}: cannot be made: {}; set TMPDIR to a folder that may be written", path_,
                    std::generic_category().message(errno)));
  }
}

TemporaryDirectory::~TemporaryDirectory() { ::rmdir(path_.c_str()); }  // only an empty one goes

}  // namespace autoglm
