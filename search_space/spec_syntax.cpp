#include "search_space/spec_syntax.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "search_space/utf8.h"
#include "search_space/value.h"

namespace autoglm {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word_character(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || is_digit(c) || c == '_' || c == '.' || c == '+' || c == '-' || c == '$';
}

std::size_t digits_length(std::string_view text) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), is_digit);
  return static_cast<std::size_t>(end - text.begin());
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return result;
}

std::string quoted(std::string_view text) { return shown(json_quoted(text)); }

// The first character, for people.
std::string character(std::string_view rest) {
  const std::size_t length = utf8_length(rest, 0);
  if (length == 1 && rest[0] > 0x20 && rest[0] != 0x7f) {
    return std::string("\"") + rest[0] + '"';
  }
  const std::uint32_t code = utf8_code_point(rest, 0);
  std::string text = length > 1 && code > 0x9f && code != 0xa0 && code != 0xfeff
                         ? "\"" + std::string(rest.substr(0, length)) + "\" ("
                         : std::string("the character (");
  text += "U+";
  for (unsigned shift = code > 0xffff ? 20 : 12; shift <= 20; shift -= 4) {
    text += "0123456789ABCDEF"[(code >> shift) & 0xfU];
  }
  return text + ")";
}

bool begins_with_curly_quote(std::string_view rest) {
  constexpr std::array<std::string_view, 5> kQuotes = {"“", "”", "„", "‘", "’"};
  return std::any_of(kQuotes.begin(), kQuotes.end(),
                     [rest](std::string_view quote) { return rest.starts_with(quote); });
}

// Mistakes that look alike wherever they stand; empty when `rest` is none.
std::string general_complaint(std::string_view rest) {
  if (rest.starts_with('#')) {
    return "\"#\" begins no comment here; write //";
  }
  if (rest.starts_with('/')) {
    return "a comment begins with // or /*";
  }
  if (rest.starts_with('\'')) {
    const std::size_t end = rest.substr(1).find_first_of("'\n");
    const std::string_view text = end == std::string_view::npos ? "" : rest.substr(1, end);
    return "text stands in double quotes, not in single ones; write " + quoted(text);
  }
  if (begins_with_curly_quote(rest)) {
    return "text stands in straight double quotes (\"), not in typographic ones";
  }
  return "";
}

std::string complaint_about_word(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kLiterals = {
      {{"true", "true"},
       {"false", "false"},
       {"null", "null"},
       {"none", "null"},
       {"undefined", "null"}}};
  const std::string lower = lower_case(word);
  for (const auto& [wrong, right] : kLiterals) {
    if (lower == wrong) {
      return shown(word) + " is no JSON; write " + std::string(right);
    }
  }
  if (lower == "nan" || lower == "inf" || lower == "infinity") {
    return shown(word) + " is no JSON number; write a finite one";
  }
  return shown(word) + " is no JSON; text stands in double quotes: " + quoted(word);
}

}  // namespace

std::size_t word_length(std::string_view text) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), is_word_character);
  return static_cast<std::size_t>(end - text.begin());
}

bool is_json_number(std::string_view token) {
  if (token.starts_with('-')) {
    token.remove_prefix(1);
  }
  const std::size_t whole = digits_length(token);
  if (whole == 0 || (whole > 1 && token[0] == '0')) {
    return false;
  }
  token.remove_prefix(whole);
  if (token.starts_with('.')) {
    const std::size_t fraction = digits_length(token.substr(1));
    if (fraction == 0) {
      return false;
    }
    token.remove_prefix(1 + fraction);
  }
  if (token.empty() || (token[0] != 'e' && token[0] != 'E')) {
    return token.empty();
  }
  token.remove_prefix(1);
  if (token.starts_with('+') || token.starts_with('-')) {
    token.remove_prefix(1);
  }
  return !token.empty() && digits_length(token) == token.size();
}

std::string complaint_about_number(std::string_view token) {
  const std::string name = shown(token);
  const std::string_view sign = token.starts_with('-') ? "-" : "";
  std::string_view digits = token;
  if (token.starts_with('-') || token.starts_with('+')) {
    digits.remove_prefix(1);
  }
  const std::string lower = lower_case(digits);
  if (lower == "nan" || lower == "inf" || lower == "infinity") {
    return name + " is no JSON number; write a finite one";
  }
  if (lower.starts_with("0x")) {
    return name + " is hexadecimal; write the number in decimal";
  }
  if (lower.find('_') != std::string::npos) {
    return name + " is no JSON number; write it without \"_\"";
  }
  std::string repaired(digits);
  repaired.erase(0, std::min(repaired.find_first_not_of('0'), repaired.size()));
  if (repaired.empty() || !is_digit(repaired[0])) {
    repaired.insert(0, "0");
  }
  if (const std::size_t point = repaired.find('.'); point != std::string::npos) {
    if (point + 1 == repaired.size() || !is_digit(repaired[point + 1])) {
      repaired.insert(point + 1, "0");
    }
  }
  repaired.insert(0, sign);
  const bool useful = std::any_of(token.begin(), token.end(), is_digit) &&
                      is_json_number(repaired) && repaired != token;
  return name + " is no JSON number" +
         (useful ? "; write " + shown(repaired) : "; write one like 3, 0.5 or 1e-4");
}

std::string complaint_about_value(std::string_view rest) {
  if (std::string general = general_complaint(rest); !general.empty()) {
    return general;
  }
  if (const std::string_view word = rest.substr(0, word_length(rest)); !word.empty()) {
    const bool numeric = is_digit(word[0]) || word[0] == '.' || word[0] == '+' || word[0] == '-';
    return numeric ? complaint_about_number(word) : complaint_about_word(word);
  }
  if (std::string_view(",}]:").find(rest[0]) != std::string_view::npos) {
    return "a value is missing before " + character(rest);
  }
  return character(rest) + " begins no JSON value";
}

std::string complaint_about_key(std::string_view rest) {
  if (std::string general = general_complaint(rest); !general.empty()) {
    return general;
  }
  if (const std::string_view word = rest.substr(0, word_length(rest)); !word.empty()) {
    return "a key stands in double quotes; write " + quoted(word);
  }
  if (rest[0] == ',') {
    return "a comma with nothing before it; remove it";
  }
  return "a key in double quotes is expected here, not " + character(rest);
}

std::string complaint_about_separator(std::string_view rest, char closing) {
  if (std::string general = general_complaint(rest); !general.empty() && rest[0] != '\'') {
    return general;
  }
  switch (rest[0]) {
    case '}':
    case ']':
      return character(rest) + " closes nothing here; write \"" + closing + '"';
    case ';':
      return "\";\" separates nothing in JSON; write \",\"";
    case ':':
    case '=':
      return character(rest) + " is not expected here; write \",\" or \"" + closing + '"';
    default:
      return "a comma is missing before this; add it";
  }
}

std::string complaint_about_colon(std::string_view rest, std::string_view key) {
  const std::string name = quoted(key);
  if (rest.starts_with('=')) {
    return "\"=\" after the key " + name + "; write \":\"";
  }
  return "the key " + name + " needs \":\" and a value after it";
}

std::string complaint_about_escape(std::string_view rest) {
  if (rest.size() > 1 && rest[1] == 'u') {
    return "\\u needs four hexadecimal digits, and half a surrogate pair its other half";
  }
  const std::size_t length = rest.size() > 1 ? utf8_length(rest, 1) : 0;
  return "\\" + escape_controls(rest.substr(1, length)) +
         " is no escape in JSON; write \\\\ for a backslash";
}

}  // namespace autoglm
