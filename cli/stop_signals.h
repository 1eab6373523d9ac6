// SIGINT, SIGTERM and SIGHUP as a clean pause.
#pragma once

#include <atomic>

#include "optimizer/study_loop.h"

namespace autoglm {

/// Installs handlers: the first SIGINT starts nothing new, the second kills what runs; SIGTERM and
/// SIGHUP end what runs. SIGPIPE and SIGXFSZ are ignored. Call it once, early.
void install_stop_signals();

/// What the handlers have asked for so far.
const StopLevel& stop_level();

/// 128 + the first of the signals that came, the status that shells know; 0: none came.
int interrupted_status();

}  // namespace autoglm
