// Runs trials as processes: the supervision of autoglm's trials.
#pragma once

#include <memory>
#include <string>

#include "optimizer/trial_runner.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {

struct CommandRunnerOptions {
  int slots = 1;
  std::string study_name{};
  std::string trials_directory{};  // absolute; attempts run in N/A/ below it
  /// The program to run as guardian, absolute: one whose main() begins with
  /// run_as_guardian_if_asked. Usually /proc/self/exe.
  std::string guardian_program{"/proc/self/exe"};
  std::string autoglm_program{};  // AUTOGLM for the trials; absolute
};

class CommandRunner : public TrialRunner {
 public:
  /// The guardian's process id, for the claim.
  virtual std::int64_t guardian_pid() const = 0;
};

/// Starts the guardian. Throws std::system_error when that fails. The destructor kills what runs.
std::unique_ptr<CommandRunner> make_command_runner(CommandSpec spec, CommandRunnerOptions options);

}  // namespace autoglm
