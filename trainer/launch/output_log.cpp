#include "trainer/launch/output_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace autoglm {

void OutputLog::append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (size_ >= limits_.total) {
      drop_middle();
    }
    const auto room = static_cast<std::size_t>(limits_.total - size_);
    const std::string_view part = bytes.substr(0, room);
    write_at(size_, part);
    size_ += static_cast<std::int64_t>(part.size());
    bytes.remove_prefix(part.size());
  }
}

void OutputLog::drop_middle() {
  const std::int64_t end_of_head = limits_.head + (left_out_ > 0 ? kMarker : 0);
  left_out_ += size_ - end_of_head - limits_.tail;
  write_at(limits_.head,
           fmt::format("{:<{}}\n", fmt::format("\n[autoglm left out {} bytes here]", left_out_),
                       kMarker - 1));
  std::vector<char> buffer(std::size_t{1} << 20);
  std::int64_t from = size_ - limits_.tail;
  size_ = limits_.head + kMarker;
  // The target lies before the source, so that copying forwards is right even where they overlap.
  for (std::int64_t left = limits_.tail; left > 0;) {
    const auto wanted = std::min(buffer.size(), static_cast<std::size_t>(left));
    const ssize_t count = ::pread(file_.get(), buffer.data(), wanted, from);
    if (count <= 0) {
      break;
    }
    write_at(size_, std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    size_ += count;
    from += count;
    left -= count;
  }
  if (::ftruncate(file_.get(), size_) != 0) {
    return;  // what lies beyond will be written over
  }
}

void OutputLog::write_at(std::int64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file_.get(), bytes.data(), bytes.size(), offset);
    if (count <= 0) {
      return;
    }
    offset += count;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace autoglm
