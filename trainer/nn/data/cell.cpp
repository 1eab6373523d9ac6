#include "trainer/nn/data/cell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

namespace autoglm::nn {
namespace {

template <std::size_t n>
bool is_one_of(std::string_view text, const std::array<std::string_view, n>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_missing(std::string_view text) {
  constexpr std::array<std::string_view, 10> kMissing = {"",    "NA",   "N/A",  "NaN",  "nan",
                                                         "NAN", "-nan", "null", "NULL", "?"};
  return is_one_of(text, kMissing);
}

CellValue read_word(std::string_view text) {
  using Kind = CellValue::Kind;
  constexpr std::array<std::string_view, 3> kTrue = {"true", "True", "TRUE"};
  constexpr std::array<std::string_view, 3> kFalse = {"false", "False", "FALSE"};
  if (is_missing(text)) {
    return {.kind = Kind::missing};
  }
  if (is_one_of(text, kTrue)) {
    return {.kind = Kind::number, .number = 1, .word = true};
  }
  if (is_one_of(text, kFalse)) {
    return {.kind = Kind::number, .number = 0, .word = true};
  }
  return {.kind = Kind::text};
}

// from_chars does not say whether a number is too great or too small for a double.
double beyond_double(std::string_view digits) {
  return std::strtod(std::string(digits).c_str(), nullptr);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

CellValue read_cell(std::string_view text) {
  using Kind = CellValue::Kind;
  std::string_view digits = text;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') {
    digits.remove_prefix(1);
  }
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument ||
      std::isnan(number)) {
    return read_word(text);
  }
  if (error == std::errc::result_out_of_range) {
    number = beyond_double(digits);
  }
  const bool fits = std::abs(number) <= kGreatestNumber;
  return {.kind = fits ? Kind::number : Kind::beyond, .number = fits ? number : 0};
}

}  // namespace autoglm::nn
