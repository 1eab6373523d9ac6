#include "cli/cache_folder.h"

#include <cstdlib>
#include <filesystem>

namespace autoglm {
namespace {

std::filesystem::path absolute_path_in(const char* variable) {
  const char* const text = std::getenv(variable);
  const std::filesystem::path path = text == nullptr ? "" : text;
  return path.is_absolute() ? path : "";
}

}  // namespace

std::string cache_folder() {
  if (const auto cache = absolute_path_in("XDG_CACHE_HOME"); !cache.empty()) {
    return cache / "autoglm";
  }
  const auto home = absolute_path_in("HOME");
  return home.empty() ? "" : home / ".cache" / "autoglm";
}

}  // namespace autoglm
