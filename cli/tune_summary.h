// What `tune` says at its end.
#pragma once

#include <string>

#include "cli/assemble.h"
#include "optimizer/study_loop.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {

/// The state of the study, its best trial with the gain over the first one, and that trial's
/// command as it can be typed; several lines, wrapped but for what is typed. 0 columns: not at all.
std::string tune_summary(const OpenStudy& open, const CommandSpec& command,
                         const LoopResult& result, std::size_t columns);

}  // namespace autoglm
