#include "cli/temporary_directory.h"

#include <fmt/format.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "cli/output.h"

namespace autoglm {

std::string temporary_folder() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) {
    const char* const named = std::getenv("TMPDIR");
    throw OutputError(
        fmt::format("{}: cannot keep temporary files: {}; set TMPDIR to a folder that may be "
                    "written",
                    named != nullptr ? fmt::format("TMPDIR {}", named) : "/tmp", error.message()));
  }
  return folder.string();
}

TemporaryDirectory::TemporaryDirectory(const std::string& purpose)
    : path_(fmt::format("{}/autoglm-{}-XXXXXX", temporary_folder(), purpose)) {
  if (::mkdtemp(path_.data()) == nullptr) {
    throw OutputError(
        fmt::format("{}: cannot be made: {}; set TMPDIR to a folder that may be written", path_,
                    std::generic_category().message(errno)));
  }
}

TemporaryDirectory::~TemporaryDirectory() { ::rmdir(path_.c_str()); }  // only an empty one goes

}  // namespace autoglm
