// Finding the study that a command is about.
#pragma once

#include <string>
#include <vector>

#include "storage/storage.h"

namespace autoglm {

/// Throws UsageError unless there is such a file, and no folder.
void require_file(const std::string& path);

/// `autoglm report FILE`, to be typed into a shell; with the study's name where the file has
/// several, else `study_name` is empty.
std::string report_command(const std::string& path, const std::string& study_name = "");

/// The same for a study of an open file.
std::string report_command(const std::string& path, Storage& storage, const StudyRecord& study);

/// The one of that name; where `name` is empty, the only one. Throws UsageError, with their names.
StudyRecord choose_study(const std::string& path, const std::string& name,
                         std::vector<StudyRecord> studies);

}  // namespace autoglm
