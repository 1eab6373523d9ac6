// The process that all trials descend from, so that none outlives its tuner.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace autoglm {

/// What a guardian process does when `main` finds itself called as one. Call it first thing in
/// main(); it returns unless this process is a guardian, and then it never returns.
void run_as_guardian_if_asked(int argc, char** argv);

}  // namespace autoglm
