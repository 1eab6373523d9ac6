#include "trainer/launch/metrics_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace autoglm {

bool MetricsFile::read(const LineSplitter::OnLine& on_line) {
  const std::int64_t end = std::min(size(), end_);
  if (end < offset_) {
    offset_ = 0;
    lines_.forget();
  }
  std::array<char, 65536> buffer;
  const auto wanted = std::min(buffer.size(), static_cast<std::size_t>(end - offset_));
  const ssize_t count = wanted == 0 ? 0 : ::pread(file_.get(), buffer.data(), wanted, offset_);
  if (count <= 0) {
    return false;
  }
  offset_ += count;
  lines_.feed({buffer.data(), static_cast<std::size_t>(count)}, on_line);
  return true;
}

void MetricsFile::close() { end_ = size(); }

std::int64_t MetricsFile::size() const {
  struct stat status {};
  return ::fstat(file_.get(), &status) == 0 ? status.st_size : 0;
}

}  // namespace autoglm
