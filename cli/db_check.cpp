// `autoglm db check`: whether a study file holds what its readers rely on.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/study_file.h"
#include "cli/trial_text.h"
#include "cli/wrapped_text.h"
#include "storage/study_check.h"

namespace autoglm {

int run_db_check(const DbCheckOptions& options) {
  require_file(options.study);
  const FileCheck check = check_study_file(options.study);
  if (check.faults.empty()) {
    write_for_people(fmt::format("{}: no fault found ({} {}, {} trials)\n", options.study,
                                 check.studies, check.studies == 1 ? "study" : "studies",
                                 check.trials));
    return exit_done;
  }
  std::string lines;
  for (const std::string& fault : check.faults) {
    lines += printable(fault) + '\n';
  }
  write_for_people(lines);
  return exit_storage;
}

}  // namespace autoglm
