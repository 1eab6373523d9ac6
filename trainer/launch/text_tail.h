// The last lines of a stream, as text that can be shown and stored.
#pragma once

#include <string>
#include <string_view>

namespace autoglm {

class TextTail {
 public:
  static constexpr std::size_t kBytes = 4096;

  void append(std::string_view bytes);

  /// At most kBytes of valid UTF-8 without blank lines at its end; begins at a line where that is
  /// possible. What is no UTF-8, and control characters other than TAB, LF and CR, have
  /// become U+FFFD.
  std::string text() const;

 private:
  std::string bytes_{};  // the last ones: at least 2 kBytes if there were so many, at most 4 kBytes
};

}  // namespace autoglm
