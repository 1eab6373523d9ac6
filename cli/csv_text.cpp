#include "cli/csv_text.h"

#include <utility>

#include "search_space/spec_document.h"

namespace autoglm {

void CsvText::field(std::string_view text) {
  if (!first_) {
    text_ += ',';
  }
  first_ = false;
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    text_ += text;
    return;
  }
  text_ += '"';
  for (const char c : text) {
    text_.append(c == '"' ? 2 : 1, c);
  }
  text_ += '"';
}

void CsvText::end_record() {
  text_ += "\r\n";
  first_ = true;
}

std::string CsvText::take() { return std::exchange(text_, {}); }

std::string attribute_text(const std::string& json) {
  if (json.size() >= 2 && json.front() == '"') {
    try {
      return read_spec(json, "user_attrs")->as_string();
    } catch (const SpecError&) {
      return json;
    }
  }
  return json;
}

}  // namespace autoglm
