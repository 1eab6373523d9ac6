// Patterns that find metrics in the output of programs that cannot be changed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trainer/launch/report_line.h"

namespace autoglm {

/// Why `pattern` cannot be used, for people; nothing when it can: an RE2 expression with at least
/// one named group.
std::optional<std::string> problem_with_pattern(const std::string& pattern);

/// Compiled patterns.
class Capture {
 public:
  /// REQUIRES: problem_with_pattern has nothing to say about any of them.
  explicit Capture(const std::vector<std::string>& patterns);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// Tries every pattern once on the line: a named group that reads as a number is a metric, the
  /// one called "step" the step. What several patterns find in a line is one report. Nothing when
  /// no metric was found or what is called "step" is none.
  std::optional<ReportLine> find(std::string_view line) const;

 private:
  struct Pattern;
  std::vector<std::unique_ptr<Pattern>> patterns_{};
};

}  // namespace autoglm
