// A file that data is read from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "trainer/launch/file_descriptor.h"

namespace autoglm::nn {

/// A regular file, read at any place by any number of threads.
class DataFile {
 public:
  /// Throws DataError where there is no such file, or it is a folder, a pipe, a device.
  explicit DataFile(std::string path);

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }  // bytes, when it was opened

  /// Reads from `offset` until `bytes` are there or the file ends; returns how many. Throws
  /// DataError.
  std::size_t read(std::uint64_t offset, void* to, std::size_t bytes) const;
  /// The same, but throws DataError too where the file is shorter than it was.
  void read_exactly(std::uint64_t offset, void* to, std::size_t bytes) const;

  /// Throws DataError where the first bytes are those of a compressed or binary format, or of
  /// UTF-16, that a table is often handed in as.
  void refuse_what_is_no_text() const;

 private:
  std::string path_;
  FileDescriptor descriptor_{};
  std::uint64_t size_ = 0;
};

}  // namespace autoglm::nn
