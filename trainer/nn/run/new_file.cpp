#include "trainer/nn/run/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace autoglm::nn {

namespace {

std::string beside(const std::string& path) { return path + ".new"; }

[[noreturn]] void fail() { throw std::system_error(errno, std::generic_category()); }

}  // namespace

NewFile::NewFile(std::string path)
    : path_(std::move(path)),
      beside_(beside(path_)),
      file_(::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (!file_) {
    fail();
  }
}

NewFile::~NewFile() {
  if (!committed_) {
    ::unlink(beside_.c_str());
  }
}

void NewFile::write(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (write_all(file_.get(), text) != 0) {
    fail();
  }
}

// The bytes first, then the name: else the name could survive a power cut without the bytes.
void NewFile::commit() {
  if (::fsync(file_.get()) != 0 || ::rename(beside_.c_str(), path_.c_str()) != 0) {
    fail();
  }
  committed_ = true;
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  const FileDescriptor names(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot do this for folders, and say so with EINVAL.
  if (!names || (::fsync(names.get()) != 0 && errno != EINVAL)) {
    fail();
  }
}

void remove_unfinished(const std::string& path) { ::unlink(beside(path).c_str()); }

std::string write_failure_text(const std::string& path, std::string_view what,
                               const std::error_code& error) {
  const bool full = error == std::errc::no_space_on_device || error.value() == EDQUOT ||
                    error == std::errc::file_too_large;
  return fmt::format(
      "{}: {} cannot be written: {}; {}", path, what, error.message(),
      full ? "make room" : "check the disk, and that the folder is there and writable");
}

}  // namespace autoglm::nn
