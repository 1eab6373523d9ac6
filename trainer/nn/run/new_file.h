// A file that is there whole or not at all.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "trainer/launch/file_descriptor.h"

namespace autoglm::nn {

/// Is written as PATH.new and then takes the name `path`: at every moment `path` is the old file or
/// the new one, also when the process is killed or the machine goes down. All calls throw
/// std::system_error; the old file is still there then, and no PATH.new.
/// REQUIRES: no other process or thread writes this file.
class NewFile {
 public:
  explicit NewFile(std::string path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::span<const std::byte> bytes);
  /// When it returns the new file is on the disk.
  void commit();

 private:
  std::string path_;
  std::string beside_;
  FileDescriptor file_;
  bool committed_ = false;
};

/// Removes the PATH.new that a process which was killed has left; nothing where there is none.
/// REQUIRES: no process writes this file.
void remove_unfinished(const std::string& path);

/// For people: "PATH: WHAT cannot be written: No space left on device; make room", to be followed
/// by what happens then.
std::string write_failure_text(const std::string& path, std::string_view what,
                               const std::error_code& error);

}  // namespace autoglm::nn
