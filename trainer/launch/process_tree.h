// The descendants of a process, and how a process that keeps others hears of their ends.
#pragma once

#include <sys/types.h>

#include <vector>

#include "trainer/launch/file_descriptor.h"

namespace autoglm {

/// The children of a process, zombies included, as the kernel lists them. Not a snapshot: a process
/// that forks or exits meanwhile may be missing, so whoever wants all of them gone asks again until
/// waitpid says that there are none.
std::vector<pid_t> children_of(pid_t pid);

/// All below a process, children before grandchildren.
std::vector<pid_t> descendants_of(pid_t pid);

/// Whether this system lists children in /proc (Linux 4.2 or newer).
bool can_list_children();

/// Makes orphans below the calling process its children instead of init's.
void become_subreaper();

/// A descriptor that is readable when a child has ended; blocks SIGCHLD. The children are still to
/// be waited for.
FileDescriptor watch_children();
/// Makes it wait for the next one.
void forget_ended_children(int watch);

}  // namespace autoglm
