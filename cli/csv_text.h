// Comma-separated values by RFC 4180.
#pragma once

#include <string>
#include <string_view>

namespace autoglm {

/// Records end with CR LF, fields with commas; quotes, commas and line breaks are quoted.
class CsvText {
 public:
  void field(std::string_view text);
  void end_record();

  std::size_t size() const { return text_.size(); }
  /// What has gathered since the last call.
  std::string take();

 private:
  std::string text_{};
  bool first_ = true;
};

/// A user attribute: text as it is, everything else as JSON.
std::string attribute_text(const std::string& json);

}  // namespace autoglm
