// A spec drafted from the command line of a program.
#pragma once

#include <string>
#include <vector>

#include "cli/spec_draft.h"

namespace autoglm {

struct CommandDraftOptions {
  std::string name{};  // of the study; empty: that of the script
  std::string metric{"loss"};
  std::string goal{"minimize"};
};

/// Numbers, true and false of `command` become parameters: behind a flag (--lr 0.01), in one word
/// with it (--lr=0.01, lr=0.01), or alone. The rest stays as it is. The command's own values are
/// the first configuration. REQUIRES: `command` is not empty.
SpecDraft draft_of_command(const std::vector<std::string>& command,
                           const CommandDraftOptions& options);

/// A range around the value of a parameter called `name`, to be edited: logarithmic for what is
/// tuned over orders of magnitude (lr, weight_decay, large integers, …).
Domain guessed_domain(const std::string& name, const Value& value);

}  // namespace autoglm
