// What scripts learn from the exit status.
#pragma once

namespace autoglm {

enum ExitStatus : int {
  exit_done = 0,            // the budget, target or space is spent, and a trial is complete
  exit_internal_error = 1,  // also: an output that cannot be written
  exit_usage = 2,
  exit_no_complete = 3,
  exit_failure_limit = 4,
  exit_time_out = 5,
  exit_assertion = 6,
  exit_storage = 7,
  exit_baseline = 8,
  exit_device = 9,
  exit_stop_trial = 10,  // of `log`: stop now
};

}  // namespace autoglm
