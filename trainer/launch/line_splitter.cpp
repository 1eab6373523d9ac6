#include "trainer/launch/line_splitter.h"

#include <algorithm>

#include "trainer/launch/report_line.h"

namespace autoglm {

void LineSplitter::feed(std::string_view bytes, const OnLine& on_line) {
  while (!bytes.empty()) {
    // Two searches for one character each are several times faster than one for either.
    const std::size_t feed = bytes.find('\n');
    const std::size_t end = std::min(feed, bytes.substr(0, feed).find('\r'));
    if (end == std::string_view::npos) {
      keep(bytes);
      return;
    }
    emit(bytes.substr(0, end), on_line);
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish(const OnLine& on_line) { emit({}, on_line); }

void LineSplitter::keep(std::string_view bytes) {
  partial_ += bytes.substr(0, kMaxReportLine + 1 - partial_.size());
}

void LineSplitter::emit(std::string_view rest, const OnLine& on_line) {
  if (partial_.empty()) {
    rest = rest.substr(0, kMaxReportLine + 1);
    if (!rest.empty()) {
      on_line(rest);
    }
    return;
  }
  keep(rest);
  on_line(partial_);
  partial_.clear();
}

}  // namespace autoglm
