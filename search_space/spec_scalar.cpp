#include "search_space/spec_scalar.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "search_space/spec_syntax.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

// Four hexadecimal digits.
std::optional<std::uint32_t> read_code(SpecCursor& cursor) {
  const std::string_view digits = cursor.rest().substr(0, 4);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (error != std::errc() || end != digits.data() + 4) {
    return std::nullopt;
  }
  cursor.step_over(4);
  return code;
}

// What follows \u: a character, or the two halves of one that UTF-16 has as a surrogate pair.
std::optional<std::uint32_t> read_character(SpecCursor& cursor) {
  const std::optional<std::uint32_t> first = read_code(cursor);
  if (!first || *first < 0xd800 || *first > 0xdfff) {
    return first;
  }
  if (*first > 0xdbff || !cursor.rest().starts_with("\\u")) {
    return std::nullopt;
  }
  cursor.step_over(2);
  const std::optional<std::uint32_t> second = read_code(cursor);
  if (!second || *second < 0xdc00 || *second > 0xdfff) {
    return std::nullopt;
  }
  return 0x10000 + ((*first - 0xd800) << 10U) + (*second - 0xdc00);
}

// REQUIRES: the cursor is at a backslash.
void read_escape(SpecCursor& cursor, std::string& text) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const SpecPlace begin = cursor.place();
  const std::string_view from = cursor.rest();
  cursor.step();
  const char letter = cursor.peek();
  const std::size_t known = kLetters.find(letter);
  if (!cursor.at_end() && known != std::string_view::npos) {
    text += kMeanings[known];
    cursor.step();
    return;
  }
  std::optional<std::uint32_t> code;
  if (letter == 'u') {
    cursor.step();
    code = read_character(cursor);
  }
  if (!code) {
    throw SpecSyntaxError(begin, complaint_about_escape(from));
  }
  if (*code == 0) {
    throw SpecError(begin, "a NUL character; remove it");
  }
  append_utf8(text, *code);
}

double read_double(const SpecPlace& place, const std::string& token) {
  double number = 0;
  if (std::from_chars(token.data(), token.data() + token.size(), number).ec == std::errc()) {
    return number;
  }
  number = std::strtod(token.c_str(), nullptr);  // out of range: 0 or infinity
  if (std::isinf(number)) {
    throw SpecError(place, shown(token) +
                               " is beyond the greatest number that a computer has, "
                               "about 1.8e308; write a smaller one");
  }
  return number;
}

void read_number(SpecCursor& cursor, const std::string& token, SpecNode& node) {
  if (!is_json_number(token)) {
    cursor.fail(complaint_about_number(token));
  }
  const char* const end = token.data() + token.size();
  std::int64_t integer = 0;
  const auto [stop, error] = std::from_chars(token.data(), end, integer);
  if (stop == end && error == std::errc()) {
    node.kind = SpecNode::Kind::integer;
    node.integer = integer;
    node.number = static_cast<double>(integer);
    return;
  }
  node.kind = SpecNode::Kind::number;
  node.number = read_double(cursor.place(), token);
}

}  // namespace

void read_text(SpecCursor& cursor, SpecNode& node) {
  const SpecPlace begin = cursor.place();
  node.kind = SpecNode::Kind::string;
  node.plain = true;
  cursor.step();
  while (cursor.peek() != '"') {
    const char c = cursor.peek();
    if (cursor.at_end() || c == '\n' || c == '\r') {
      throw SpecSyntaxError(begin,
                            "this text is not closed on its line; end it with \" (a line break "
                            "within it is written \\n)");
    }
    if (is_control(c) && c != '\0') {
      cursor.fail("a control character within a text; write it as " +
                  escape_controls(cursor.rest().substr(0, 1)));
    }
    if (c == '\\') {
      node.plain = false;
      read_escape(cursor, node.string);
    } else {
      node.string += cursor.step();
    }
  }
  cursor.step();
}

void read_word(SpecCursor& cursor, SpecNode& node) {
  const std::string word(cursor.rest().substr(0, word_length(cursor.rest())));
  const char c = cursor.peek();
  if (c == '-' || (c >= '0' && c <= '9')) {
    read_number(cursor, word, node);
  } else if (word == "true" || word == "false") {
    node.kind = SpecNode::Kind::boolean;
    node.boolean = word == "true";
  } else if (word != "null") {
    cursor.fail(complaint_about_value(cursor.offending()));
  }
  cursor.step_over(word.size());
}

}  // namespace autoglm
