#include "cli/temporary_directory.h"

#include <fmt/format.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "cli/output.h"

namespace autoglm {

std::string make_temporary_directory(const std::string& purpose) {
  const std::string name = fmt::format("autoglm-{}-XXXXXX", purpose);
  std::string path = (std::filesystem::temp_directory_path() / name).string();
  if (::mkdtemp(path.data()) == nullptr) {
    throw OutputError(
        fmt::format("{}: cannot be made: {}; set TMPDIR to a folder that may be written", path,
                    std::generic_category().message(errno)));
  }
  return path;
}

}  // namespace autoglm
