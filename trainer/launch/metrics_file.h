// The file that AUTOGLM_METRICS names, as it grows.
#pragma once

#include <cstdint>
#include <limits>

#include "trainer/launch/file_descriptor.h"
#include "trainer/launch/line_splitter.h"

namespace autoglm {

/// Stays with the file that it was given, whatever the trial does to the path. A file that got
/// shorter (a program that opens it anew to write) is read again from its beginning.
class MetricsFile {
 public:
  explicit MetricsFile(FileDescriptor file) : file_(std::move(file)) {}

  /// Reads one piece of what was appended since the last call; false when there was nothing.
  bool read(const LineSplitter::OnLine& on_line);

  /// What is there now is all that will be read.
  void close();
  /// All was read: a last line without its end counts too.
  void finish(const LineSplitter::OnLine& on_line) { lines_.finish(on_line); }

  /// Everything before it was read.
  std::int64_t offset() const { return offset_; }

 private:
  std::int64_t size() const;

  FileDescriptor file_;
  LineSplitter lines_{};
  std::int64_t offset_ = 0;
  std::int64_t end_ = std::numeric_limits<std::int64_t>::max();  // nothing beyond is read
};

}  // namespace autoglm
