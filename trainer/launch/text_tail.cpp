#include "trainer/launch/text_tail.h"

#include <algorithm>
#include <cstdint>

#include "search_space/utf8.h"

namespace autoglm {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

std::string cleaned(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = utf8_length(bytes, i);
    const char c = bytes[i];
    const bool is_blank = c == '\t' || c == '\n' || c == '\r';
    const bool is_control = (c >= 0 && c < ' ' && !is_blank) || c == '\x7F';
    if (length == 0 || is_control) {
      text += kReplacement;
    } else {
      text += bytes.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return text;
}

}  // namespace

void TextTail::append(std::string_view bytes) {
  bytes_ += bytes.substr(bytes.size() - std::min(bytes.size(), 2 * kBytes));
  if (bytes_.size() > 4 * kBytes) {
    bytes_.erase(0, bytes_.size() - 2 * kBytes);
  }
}

std::string TextTail::text() const {
  std::string text = cleaned(bytes_);
  const std::size_t last = text.find_last_not_of("\n\r\t ");
  text.resize(last == std::string::npos ? 0 : last + 1);
  if (text.size() > kBytes) {
    std::size_t start = text.size() - kBytes;
    const std::size_t line = text.find('\n', start - 1);
    if (line != std::string::npos) {
      start = line + 1;
    }
    while ((static_cast<std::uint8_t>(text[start]) & 0xC0U) == 0x80U) {
      ++start;
    }
    text.erase(0, start);
  }
  return text;
}

}  // namespace autoglm
