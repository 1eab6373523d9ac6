// How our processes begin.
#pragma once

#include <spawn.h>

#include <csignal>

namespace autoglm {

/// With no signal blocked or ignored, whatever the caller did to its own, and what `flags` (of
/// posix_spawnattr_setflags) ask for besides. The caller destroys it.
inline posix_spawnattr_t attributes_with_fresh_signals(int flags) {
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(
      &attributes, static_cast<short>(flags | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
  sigset_t signals;
  ::sigfillset(&signals);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  return attributes;
}

}  // namespace autoglm
