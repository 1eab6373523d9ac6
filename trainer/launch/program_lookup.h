// Where a program is, as execvp would find it with the trial's own PATH.
#pragma once

#include <string>
#include <vector>

namespace autoglm {

struct ProgramPlace {
  std::string path{};  // as `name` when that has a slash
  int error = 0;       // errno when there is no such program in PATH
};

/// `environment` holds "NAME=value" texts. Relative folders in PATH are seen from the current one.
ProgramPlace find_program(const std::string& name, const std::vector<std::string>& environment);

}  // namespace autoglm
