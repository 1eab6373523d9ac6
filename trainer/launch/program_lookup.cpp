#include "trainer/launch/program_lookup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace autoglm {
namespace {

std::string_view search_path(const std::vector<std::string>& environment) {
  constexpr std::string_view kName = "PATH=";
  for (const std::string& variable : environment) {
    if (variable.starts_with(kName)) {
      return std::string_view(variable).substr(kName.size());
    }
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

bool is_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

ProgramPlace find_program(const std::string& name, const std::vector<std::string>& environment) {
  if (name.find('/') != std::string::npos) {
    return {.path = name};
  }
  int error = ENOENT;
  std::string_view folders = search_path(environment);
  for (bool more = !name.empty(); more;) {
    const std::size_t end = folders.find(':');
    const std::string folder(folders.substr(0, end));
    const std::string path = (folder.empty() ? "." : folder) + "/" + name;
    if (is_file(path)) {
      if (::access(path.c_str(), X_OK) == 0) {
        return {.path = path};
      }
      error = EACCES;
    }
    more = end != std::string_view::npos;
    folders.remove_prefix(more ? end + 1 : folders.size());
  }
  return {.error = error};
}

}  // namespace autoglm
