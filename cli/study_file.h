// Finding the study that a command is about.
#pragma once

#include <string>
#include <vector>

#include "storage/storage.h"

namespace autoglm {

/// Throws UsageError unless there is such a file, and no folder.
void require_file(const std::string& path);

/// The one of that name; where `name` is empty, the only one. Throws UsageError, with their names.
StudyRecord choose_study(const std::string& path, const std::string& name,
                         std::vector<StudyRecord> studies);

}  // namespace autoglm
