// The directory of one attempt, and the files in it.
#pragma once

#include <string>

#include "trainer/launch/file_descriptor.h"

namespace autoglm {

struct AttemptDirectory {
  std::string path{};
  // Kept open, so that a trial that deletes its directory changes nothing for us.
  FileDescriptor output_log{};  // stdout.log
  FileDescriptor error_log{};   // stderr.log
  FileDescriptor metrics{};     // metrics.jsonl, to read
};

/// Makes the directory with params.json (`parameters` is its text), trial.json (`section`; empty:
/// none) and the other files, empty. One that is there already, left by a tuner that died before it
/// could store the attempt, is renamed to N/A.old (or N/A.old.2, …). Throws std::system_error.
AttemptDirectory make_attempt_directory(const std::string& path, const std::string& parameters,
                                        const std::string& section = {});

}  // namespace autoglm
