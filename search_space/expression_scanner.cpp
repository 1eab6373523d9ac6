#include "search_space/expression_scanner.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "search_space/expression.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return begins_word(c) || is_digit(c); }

using Remedy = std::pair<std::string_view, std::string_view>;

// What other languages write, and what is written here. Longer ones first.
constexpr std::array<Remedy, 11> kForeign = {{{"===", "=="},
                                              {"!==", "!="},
                                              {"=~", "=="},
                                              {"=>", ">="},
                                              {"=<", "<="},
                                              {"<>", "!="},
                                              {"&&", "and"},
                                              {"||", "or"},
                                              {"//", "floor(a / b)"},
                                              {"^", "**"},
                                              {"!", "not"}}};

constexpr std::array<std::string_view, 18> kSymbols = {
    "**", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", "="};

std::string not_known(std::string_view symbol) {
  return std::string(1, '"') + escape_controls(symbol) + "\" is not known here; ";
}

constexpr std::array<std::string_view, 6> kWords = {"and", "or", "not", "in", "true", "false"};

}  // namespace

Value negated(const Value& number) {
  if (const auto* integer = std::get_if<std::int64_t>(&number)) {
    return -*integer;
  }
  return -value_number(number);
}

ExpressionScanner::ExpressionScanner(std::string_view text) : text_(text) { next(); }

void ExpressionScanner::next() {
  while (at_ < text_.size() &&
         std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
    ++at_;
  }
  token_ = ExpressionToken{.offset = at_};
  const char c = at(at_);
  if (at_ == text_.size()) {
    return;
  }
  if (is_digit(c) || (c == '.' && is_digit(at(at_ + 1)))) {
    read_number();
  } else if (c == '\'' || c == '"' || c == '`') {
    read_quoted();
  } else if (begins_word(c)) {
    read_word();
  } else {
    read_symbol();
  }
}

void ExpressionScanner::read_number() {
  const char* const begin = text_.data() + at_;
  const char* const end = text_.data() + text_.size();
  double number = 0;
  const auto [stop, error] = std::from_chars(begin, end, number);
  const auto length = static_cast<std::size_t>(stop - begin);
  if (is_word(at(at_ + length)) || at(at_ + length) == '.') {
    throw ExpressionError(at_, "this number is malformed; write it like 3, 0.5 or 1e-4");
  }
  if (error != std::errc()) {
    throw ExpressionError(at_, "this number is beyond those that a computer has");
  }
  token_.kind = ExpressionToken::Kind::number;
  token_.text = std::string(begin, stop);
  token_.value = number;
  std::int64_t integer = 0;
  if (const auto whole = std::from_chars(begin, stop, integer);
      whole.ptr == stop && whole.ec == std::errc()) {
    token_.value = integer;
  }
  at_ += length;
}

// '…' and "…" are text, `…` is a name. A backslash before a quote or a backslash makes it an
// ordinary character.
void ExpressionScanner::read_quoted() {
  const char quote = text_[at_];
  std::string content;
  std::size_t i = at_ + 1;
  for (; at(i) != quote; ++i) {
    if (i >= text_.size()) {
      throw ExpressionError(at_, std::string("this ") + quote + " has no counterpart; close it");
    }
    if (text_[i] == '\\' && std::string_view("'\"`\\").find(at(i + 1)) != std::string_view::npos) {
      ++i;
    }
    content += text_[i];
  }
  at_ = i + 1;
  if (quote != '`') {
    token_.kind = ExpressionToken::Kind::text;
    token_.text = content;
    token_.value = std::move(content);
    return;
  }
  if (content.empty()) {
    throw ExpressionError(token_.offset, "a name is missing between the backquotes");
  }
  token_.kind = ExpressionToken::Kind::name;
  token_.text = std::move(content);
  token_.quoted = true;
}

void ExpressionScanner::read_word() {
  const std::size_t begin = at_;
  while (is_word(at(at_))) {
    ++at_;
  }
  token_.text = text_.substr(begin, at_ - begin);
  token_.kind = ExpressionToken::Kind::name;
  for (const std::string_view word : kWords) {
    if (token_.text == word) {
      token_.kind = ExpressionToken::Kind::symbol;
      return;
    }
    std::string capital(word);
    capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
    if (token_.text == capital) {
      throw ExpressionError(begin, capital + " is written " + std::string(word) + " here");
    }
  }
  if (at(at_) == '.' && begins_word(at(at_ + 1))) {
    std::size_t end = at_;
    while (is_word(at(end)) || at(end) == '.') {
      ++end;
    }
    throw ExpressionError(begin, "a name with a point stands in backquotes; write `" +
                                     shown(text_.substr(begin, end - begin)) + "`");
  }
}

void ExpressionScanner::read_symbol() {
  const std::string_view rest = text_.substr(at_);
  for (const auto& [wrong, right] : kForeign) {
    if (rest.starts_with(wrong) && !rest.starts_with("!=")) {
      throw ExpressionError(at_, not_known(wrong) + "write " + std::string(right));
    }
  }
  for (const std::string_view symbol : kSymbols) {
    if (!rest.starts_with(symbol)) {
      continue;
    }
    if (symbol == "=") {
      throw ExpressionError(at_, not_known(symbol) + "write ==");
    }
    token_.kind = ExpressionToken::Kind::symbol;
    token_.text = symbol;
    at_ += symbol.size();
    return;
  }
  const std::string_view character = rest.substr(0, std::max<std::size_t>(1, utf8_length(rest, 0)));
  throw ExpressionError(
      at_, not_known(character) + "names that are not plain words stand in backquotes");
}

}  // namespace autoglm
