#include "search_space/utf8.h"

#include <array>

namespace autoglm {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

void append_hex(std::string& text, std::uint32_t number, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    text += "0123456789abcdef"[(number >> static_cast<unsigned>(shift)) & 0xfU];
  }
}

void append_escaped(std::string& text, std::uint32_t control) {
  switch (control) {
    case '\n':
      text += "\\n";
      break;
    case '\r':
      text += "\\r";
      break;
    case '\t':
      text += "\\t";
      break;
    default:
      text += "\\u";
      append_hex(text, control, 4);
  }
}

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  if (first < 0x80) {
    return 1;
  }
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > text.size()) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues_character(text[at + i])) {
      return 0;
    }
  }
  const std::uint32_t code = utf8_code_point(text, at);
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < kLeast[length] || surrogate || code > 0x10ffff ? 0 : length;
}

std::uint32_t utf8_code_point(std::string_view text, std::size_t at) {
  const std::uint32_t first = byte_at(text, at);
  if (first < 0x80) {
    return first;
  }
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  std::uint32_t code = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    code = (code << 6U) | (byte_at(text, at + i) & 0x3fU);
  }
  return code;
}

void append_utf8(std::string& text, std::uint32_t code_point) {
  const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0U | (code_point >> 6U));
    put(0x80U | (code_point & 0x3fU));
  } else {
    if (code_point < 0x10000) {
      put(0xe0U | (code_point >> 12U));
    } else {
      put(0xf0U | (code_point >> 18U));
      put(0x80U | ((code_point >> 12U) & 0x3fU));
    }
    put(0x80U | ((code_point >> 6U) & 0x3fU));
    put(0x80U | (code_point & 0x3fU));
  }
}

std::size_t utf8_characters(std::string_view text, std::size_t offset) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < offset && at < text.size(); ++count) {
    const std::size_t length = utf8_length(text, at);
    at += length == 0 ? 1 : length;
  }
  return count;
}

std::string escape_controls(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0) {
      result += "\\x";
      append_hex(result, byte_at(text, at), 2);
      ++at;
      continue;
    }
    const std::uint32_t code = utf8_code_point(text, at);
    if (is_control(code)) {
      append_escaped(result, code);
    } else {
      result.append(text, at, length);
    }
    at += length;
  }
  return result;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kCharacters = 60;
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size(); ++count) {
    if (count == kCharacters) {
      return escape_controls(text.substr(0, at)) + "…";
    }
    const std::size_t length = utf8_length(text, at);
    at += length == 0 ? 1 : length;
  }
  return escape_controls(text);
}

}  // namespace autoglm
