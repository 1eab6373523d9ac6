// UTF-8, as far as specs and messages need it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace autoglm {

/// Whether a byte goes on with the character that an earlier one began.
constexpr bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80;
}

/// The number of bytes of the character that begins at `at`; 0 when no valid one does (RFC 3629: no
/// overlong forms, no surrogates, nothing beyond U+10FFFF). REQUIRES: at < text.size().
std::size_t utf8_length(std::string_view text, std::size_t at);

/// The code point that begins at `at`. REQUIRES: utf8_length(text, at) > 0.
std::uint32_t utf8_code_point(std::string_view text, std::size_t at);

void append_utf8(std::string& text, std::uint32_t code_point);

/// How many characters stand before `offset`; each byte that is part of no character counts as one.
std::size_t utf8_characters(std::string_view text, std::size_t offset);

/// `text` fit for one line of a terminal: control characters as \n or \u001b, bytes that are no
/// UTF-8 as \xff.
std::string escape_controls(std::string_view text);

/// escape_controls, cut to 60 characters: a name or value within a message.
std::string shown(std::string_view text);

}  // namespace autoglm
