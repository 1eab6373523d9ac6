// The process above one attempt of a trial: starts its program, and lets none of its descendants
// live on.
#pragma once

#include "trainer/launch/guardian_protocol.h"

namespace autoglm {

/// What a keeper process does. A subreaper: whatever the program starts stays below it, also what
/// calls setsid or daemon(). When the program ends by itself, when it is told to kill, and when the
/// tuner's end of the control socket closes, it kills all of that; then it ends. REQUIRES: one
/// thread.
[[noreturn]] void run_keeper(LaunchDescriptors descriptors);

}  // namespace autoglm
