#include "cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "storage/database_file.h"
#include "trainer/launch/file_descriptor.h"

namespace autoglm {
namespace {

/// A closed pipe; a descriptor that was closed; a terminal that was.
bool reader_went_away(int error, int descriptor) {
  struct stat found {};
  return error == EPIPE || error == EBADF ||
         (error == EIO && ::fstat(descriptor, &found) == 0 && S_ISCHR(found.st_mode));
}

[[noreturn]] void fail(const std::string& path, int error) {
  throw OutputError(
      fmt::format("{}: cannot be written: {}; free some space or choose another place", path,
                  std::generic_category().message(error)));
}

}  // namespace

void write_stdout(std::string_view text) { deliver_to_stdout(text); }

bool deliver_to_stdout(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error != 0 && !reader_went_away(error, STDOUT_FILENO)) {
    fail("standard output", error);
  }
  return error == 0;
}

void write_stderr(std::string_view text) { write_all(STDERR_FILENO, text); }

WholeFile::WholeFile(const std::string& path) : path_(path), target_(path) {
  struct stat found {};
  const mode_t mask = ::umask(0);
  ::umask(mask);
  mode_ = 0666 & ~mask;
  if (::stat(path.c_str(), &found) == 0) {
    if (!S_ISREG(found.st_mode)) {
      descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
      if (descriptor_ < 0) {
        fail(path_, errno);
      }
      return;
    }
    mode_ = found.st_mode & 07777;
    target_ = std::filesystem::canonical(path).string();
  }
  beside_ = target_ + ".XXXXXX";
  descriptor_ = ::mkostemp(beside_.data(), O_CLOEXEC);
  if (descriptor_ < 0) {
    fail(path_, errno);
  }
}

WholeFile::~WholeFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
  if (!beside_.empty()) {
    ::unlink(beside_.c_str());
  }
}

void WholeFile::write(std::string_view text) {
  if (const int error = write_all(descriptor_, text); error != 0) {
    fail(path_, error);
  }
}

void WholeFile::commit() {
  if (beside_.empty()) {
    return;
  }
  if (::fchmod(descriptor_, mode_) != 0 || ::fsync(descriptor_) != 0 ||
      ::rename(beside_.c_str(), target_.c_str()) != 0) {
    fail(path_, errno);
  }
  beside_.clear();
}

void write_whole(const std::string& path, const std::function<void(const TextSink&)>& write) {
  if (is_database(path)) {
    throw OutputError(
        path +
        ": is a database, a study perhaps, which is not replaced by text; choose another file");
  }
  WholeFile file(path);
  write([&file](std::string_view text) { file.write(text); });
  file.commit();
}

int terminal_columns(int descriptor) {
  winsize size{};
  if (::isatty(descriptor) == 0 || ::ioctl(descriptor, TIOCGWINSZ, &size) != 0) {
    return 0;
  }
  return size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace autoglm
