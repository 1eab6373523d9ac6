// The study that a command means by the name of its file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "storage/storage.h"

namespace autoglm {

struct StudyFile {
  std::unique_ptr<Storage> storage{};
  StudyRecord record{};
};

/// Opens `path`, which must exist, and finds the study of this name in it; an empty name: the only
/// one. Throws UsageError (no file, no such study, several), StorageError.
StudyFile open_study_file(const std::string& path, const std::string& study_name, OpenMode mode);

/// Throws the UsageError for a number that no trial has.
[[noreturn]] void fail_unknown_trial(const StudyFile& file, const std::string& path,
                                     std::int64_t number);

}  // namespace autoglm
