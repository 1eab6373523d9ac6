// Cuts a stream of bytes into lines, with bounded memory.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace autoglm {

/// Lines end in LF, CR or both, as a terminal shows them: a progress bar that overwrites itself is
/// many lines. Of a line longer than kMaxReportLine only the first kMaxReportLine + 1 bytes are
/// kept. Empty lines are left out.
class LineSplitter {
 public:
  using OnLine = std::function<void(std::string_view line)>;

  void feed(std::string_view bytes, const OnLine& on_line);
  /// The stream is over: what came after the last end of a line is a line too.
  void finish(const OnLine& on_line);
  void forget() { partial_.clear(); }

 private:
  void keep(std::string_view bytes);
  void emit(std::string_view rest, const OnLine& on_line);

  std::string partial_{};
};

}  // namespace autoglm
