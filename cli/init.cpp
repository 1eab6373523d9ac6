// `autoglm init`: from the command line of a program to the draft of a spec.
#include <fmt/format.h>

#include "cli/command_draft.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "optimizer/metric_keys.h"
#include "search_space/value.h"

namespace autoglm {

int run_init(const InitOptions& options) {
  if (options.command.empty()) {
    throw UsageError(
        "autoglm init: the command to tune is missing; write autoglm init -- python3 train.py "
        "--lr 0.01");
  }
  if (const std::string problem = problem_with_metric_name(options.metric); !problem.empty()) {
    throw UsageError(
        fmt::format("autoglm init: --metric {}: {}", json_quoted(options.metric), problem));
  }
  write_stdout(draft_text(draft_of_command(
      options.command, {.name = options.name, .metric = options.metric, .goal = options.goal})));
  return exit_done;
}

}  // namespace autoglm
