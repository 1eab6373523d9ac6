#include "storage/process_identity.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

namespace autoglm {
namespace {

std::string read_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

std::optional<std::int64_t> process_start_time(std::int64_t pid) {
  // pid (name) state …; the name may hold blanks and parentheses, so count from the last one. The
  // state is field 3, the start time field 22 (man 5 proc).
  const std::string line = read_line(fmt::format("/proc/{}/stat", pid));
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  fields >> field;
  if (field == "Z" || field == "X") {
    return std::nullopt;
  }
  for (int i = 4; i < 22; ++i) {
    fields >> field;
  }
  std::int64_t start_time = 0;
  return fields >> start_time ? std::optional(start_time) : std::nullopt;
}

std::string boot_id() { return read_line("/proc/sys/kernel/random/boot_id"); }

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace autoglm
