#include "cli/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>

#include "cli/commands.h"

namespace autoglm {

FileDescriptor lock_folder(const std::string& path, const std::string& name) {
  FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder && ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw UsageError(fmt::format(
        "{}: another training run writes there; choose another folder, or wait until it has ended",
        name));
  }
  return folder;
}

}  // namespace autoglm
