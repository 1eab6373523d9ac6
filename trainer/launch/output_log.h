// A log file that keeps the head and the tail of what a program wrote.
#pragma once

#include <cstdint>
#include <string_view>

#include "trainer/launch/file_descriptor.h"

namespace autoglm {

/// The file is in order at every moment: whoever reads it while the program runs sees its head, a
/// line that says how many bytes were left out (once some were), and its latest output. What
/// cannot be written (a full disk) is lost; the trial goes on.
class OutputLog {
 public:
  struct Limits {
    std::int64_t head = std::int64_t{32} << 20;   // bytes that are always kept
    std::int64_t tail = std::int64_t{16} << 20;   // least number of last bytes kept
    std::int64_t total = std::int64_t{64} << 20;  // > head + tail + kMarker
  };
  static constexpr std::int64_t kMarker = 64;  // bytes of the line between head and tail

  explicit OutputLog(FileDescriptor file) : OutputLog(std::move(file), Limits{}) {}
  OutputLog(FileDescriptor file, Limits limits) : file_(std::move(file)), limits_(limits) {}

  void append(std::string_view bytes);

 private:
  void drop_middle();
  void write_at(std::int64_t offset, std::string_view bytes);

  FileDescriptor file_;
  Limits limits_;
  std::int64_t size_ = 0;
  std::int64_t left_out_ = 0;
};

}  // namespace autoglm
