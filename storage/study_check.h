// Whether a study file holds what its readers rely on: one bad row makes Optuna refuse a study.
#pragma once

#include <string>
#include <vector>

namespace autoglm {

struct FileCheck {
  std::size_t studies = 0;
  std::size_t trials = 0;
  std::vector<std::string> faults{};  // a line each: where, what, what it leads to
};

/// Reads only. Throws StorageError for what is no study file, or cannot be read at all.
FileCheck check_study_file(const std::string& path);

}  // namespace autoglm
