#include "trainer/launch/text_tail.h"

#include <algorithm>
#include <cstdint>

namespace autoglm {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// The length of the UTF-8 sequence at the beginning of `text` (Unicode 15, table 3-7); 0: none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t length = lead < 0xE0 ? 2 : (lead < 0xF0 ? 3 : 4);
  if (lead < 0xC2 || lead > 0xF4) {
    return 0;
  }
  const std::uint8_t least = lead == 0xE0 ? 0xA0 : (lead == 0xF0 ? 0x90 : 0x80);
  const std::uint8_t most = lead == 0xED ? 0x9F : (lead == 0xF4 ? 0x8F : 0xBF);
  if (byte(1) < least || byte(1) > most) {
    return 0;
  }
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) {
      return 0;
    }
  }
  return length;
}

std::string cleaned(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    const char c = bytes.front();
    const bool is_control = (c >= 0 && c < ' ' && c != '\t') || c == '\x7F';
    if (c == '\n' || c == '\r') {
      text += '\n';
    } else if (length == 0 || is_control) {
      text += kReplacement;
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(length == 0 ? 1 : length);
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
  const std::size_t last = text.find_last_not_of("\n\t ");
  text.resize(last == std::string::npos ? 0 : last + 1);
  if (text.size() > kBytes) {
    std::size_t start = text.size() - kBytes;
    const std::size_t line = text.find('\n', start);
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
