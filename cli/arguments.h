// From the command line to a command: the flags, their help and their mirrors in the environment.
#pragma once

namespace autoglm {

/// Runs the command that `argv` names; its exit status. Mistakes in the call are UsageErrors;
/// --help and --version print and give 0.
int run_command_line(int argc, char** argv);

}  // namespace autoglm
