#include "cli/opened_study.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/study_file.h"

namespace autoglm {

StudyFile open_study_file(const std::string& path, const std::string& study_name, OpenMode mode) {
  require_file(path);
  StudyFile file{.storage = open_sqlite(path, mode)};
  file.record = choose_study(path, study_name, file.storage->studies());
  return file;
}

void fail_unknown_trial(const StudyFile& file, const std::string& path, std::int64_t number) {
  const auto trials = static_cast<std::int64_t>(file.storage->trials(file.record).size());
  throw UsageError(trials == 0
                       ? fmt::format("{}: trial {}: the study has no trials yet", path, number)
                       : fmt::format("{}: trial {}: the study has trials 0 to {}; see `{}`", path,
                                     number, trials - 1,
                                     report_command(path, *file.storage, file.record)));
}

}  // namespace autoglm
