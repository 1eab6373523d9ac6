#include "trainer/train/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace autoglm {
namespace {

namespace fs = std::filesystem;

/// A file that holds a number; none: there is no such file, or it says "max".
std::optional<std::uint64_t> number_in(const fs::path& path) {
  std::uint64_t number = 0;
  return std::ifstream(path) >> number ? std::optional(number) : std::nullopt;
}

void lower(std::optional<std::uint64_t>& least, const std::optional<std::uint64_t>& limit) {
  if (limit) {
    least = std::min(least.value_or(*limit), *limit);
  }
}

/// In `group`, a path below `root`, and in all groups around it. In a container the group's path
/// may be that of the host, which is not there; then those around it are, or the root alone.
std::optional<std::uint64_t> least_limit(const fs::path& root, fs::path group, const char* file) {
  std::optional<std::uint64_t> least = number_in(root / file);
  for (group = group.relative_path(); !group.empty(); group = group.parent_path()) {
    lower(least, number_in(root / group / file));
  }
  return least;
}

bool has_memory(const std::string& controllers) {
  return ("," + controllers + ",").find(",memory,") != std::string::npos;
}

}  // namespace

std::optional<std::uint64_t> control_group_limit(std::string_view memberships,
                                                 const fs::path& root) {
  std::optional<std::uint64_t> least;
  std::istringstream lines{std::string(memberships)};
  // "4:memory:/group" in version 1, "0::/group" in version 2.
  for (std::string number, controllers, group; std::getline(lines, number, ':') &&
                                               std::getline(lines, controllers, ':') &&
                                               std::getline(lines, group);) {
    if (controllers.empty()) {
      lower(least, least_limit(root, group, "memory.max"));
    } else if (has_memory(controllers)) {
      lower(least, least_limit(root / "memory", group, "memory.limit_in_bytes"));
    }
  }
  return least;
}

std::uint64_t machine_memory() {
  const std::uint64_t physical = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                 static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
  std::ifstream file("/proc/self/cgroup");
  const std::string memberships{std::istreambuf_iterator<char>(file), {}};
  return std::min(physical, control_group_limit(memberships, "/sys/fs/cgroup").value_or(physical));
}

}  // namespace autoglm
