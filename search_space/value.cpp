#include "search_space/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "search_space/utf8.h"

namespace autoglm {
namespace {

// As std::to_chars has it.
template <class... Number>
std::string shortest(Number... number) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number...);
  return {buffer.data(), end};
}

// What `value` is if it is an integer to Python: true is 1, and so is 1.0.
std::optional<std::int64_t> as_exact_integer(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) {
    return *flag ? 1 : 0;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return *integer;
  }
  const double* number = std::get_if<double>(&value);
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63
  if (number == nullptr || !(*number >= -kBeyond && *number < kBeyond)) {
    return std::nullopt;
  }
  if (std::trunc(*number) != *number) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number);
}

void append_json(std::string& json, std::string_view text, std::size_t at) {
  const char c = text[at];
  constexpr std::string_view kSpecial = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  if (const std::size_t i = kSpecial.find(c); i != std::string_view::npos) {
    json += '\\';
    json += kLetters[i];
  } else if (static_cast<unsigned char>(c) < 0x20) {
    json += "\\u00";
    json += c < 0x10 ? '0' : '1';
    json += "0123456789abcdef"[c & 0xf];
  } else {
    json += c;
  }
}

/// Stands for itself within JSON's quotes.
bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

}  // namespace

std::string number_text(double number) {
  if (std::isnan(number)) {
    return "nan";
  }
  if (std::isinf(number)) {
    return number > 0 ? "inf" : "-inf";
  }
  const double size = std::abs(number);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  std::string text =
      shortest(number, plain ? std::chars_format::fixed : std::chars_format::scientific);
  if (text.find_first_of(".e") == std::string::npos) {
    text += ".0";
  }
  return text;
}

std::string value_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return *text;
  }
  return value_json(value);
}

std::string value_json(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) {
    return *flag ? "true" : "false";
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return shortest(*integer);
  }
  if (const double* number = std::get_if<double>(&value)) {
    return number_text(*number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return json_quoted(*text);
  }
  return "null";
}

std::string json_quoted(std::string_view text) {
  std::string json = "\"";
  if (std::all_of(text.begin(), text.end(), is_plain)) {  // nearly always, and quicker
    json.reserve(text.size() + 2);
    return json.append(text) += '"';
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 1) {
      append_json(json, text, at);
    } else {
      json += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return json += '"';
}

bool same_value(const Value& a, const Value& b) {
  const std::optional<std::int64_t> integer = as_exact_integer(a);
  return integer ? integer == as_exact_integer(b) : a == b;
}

std::string value_key(const Value& value) {
  const std::optional<std::int64_t> integer = as_exact_integer(value);
  return integer ? shortest(*integer) : value_json(value);
}

double value_number(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) {
    return *flag ? 1 : 0;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return static_cast<double>(*integer);
  }
  const double* number = std::get_if<double>(&value);
  return number != nullptr ? *number : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace autoglm
