#include <optional>

#include "search_space/spec_syntax.h"
#include "search_space/utf8.h"
#include "trainer/nn/data/cells.h"
#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {
namespace {

/// Every step returns what is wrong, or nothing.
class ObjectSplitter {
 public:
  ObjectSplitter(std::string_view text, Cells& cells) : text_(text), cells_(cells) {}

  std::string split() {
    skip_blank();
    if (!take('{')) {
      return "a line is one object, such as {\"x\": 1.5}, not " + quoted(rest());
    }
    skip_blank();
    if (!take('}')) {
      if (std::string problem = members(); !problem.empty()) {
        return problem;
      }
    }
    skip_blank();
    return at_ == text_.size() ? "" : quoted(rest()) + " stands behind the object; begin a line";
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    const bool there = peek() == c;
    at_ += there ? 1 : 0;
    return there;
  }
  void skip_blank() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') {
      ++at_;
    }
  }
  static std::string ended() { return "the line ends within the object; is it one object a line?"; }

  std::string members() {
    for (;;) {
      Cell& cell = cells_.list.emplace_back();
      if (std::string problem = member(cell); !problem.empty()) {
        return problem;
      }
      skip_blank();
      if (take('}')) {
        return {};
      }
      if (!take(',')) {
        return rest().empty() ? ended() : complaint_about_separator(rest(), '}');
      }
      skip_blank();
    }
  }

  std::string member(Cell& cell) {
    if (peek() != '"') {
      return rest().empty() ? ended() : complaint_about_key(rest());
    }
    if (std::string problem = string(cell.key); !problem.empty()) {
      return problem;
    }
    skip_blank();
    if (!take(':')) {
      return rest().empty() ? ended() : complaint_about_colon(rest(), cell.key);
    }
    skip_blank();
    return value(cell);
  }

  std::string value(Cell& cell) {
    if (peek() == '"') {
      return string(cell.text);
    }
    if (peek() == '{' || peek() == '[') {
      return nested(cell);
    }
    if (rest().empty()) {
      return ended();
    }
    const std::string_view word = rest().substr(0, word_length(rest()));
    if (word == "null") {
      cell.text = {};
    } else if (word == "true" || word == "false" || word == "NaN" || word == "Infinity" ||
               word == "-Infinity" || is_json_number(word)) {
      cell.text = word;
    } else {
      return complaint_about_value(rest());
    }
    at_ += word.size();
    return {};
  }

  // Only where it ends matters: its column has to be ignored.
  std::string nested(Cell& cell) {
    const std::size_t begin = at_;
    std::size_t depth = 0;
    do {
      std::string_view skipped;
      const char c = peek();
      if (at_ == text_.size()) {
        return ended();
      }
      if (c == '"') {
        if (std::string problem = string(skipped); !problem.empty()) {
          return problem;
        }
        continue;
      }
      depth += c == '{' || c == '[' ? 1 : 0;
      depth -= c == '}' || c == ']' ? 1 : 0;
      ++at_;
    } while (depth > 0);
    cell.nested = true;
    cell.text = text_.substr(begin, at_ - begin);
    return {};
  }

  std::string string(std::string_view& result) {
    const std::size_t begin = ++at_;
    const std::size_t copy = cells_.unescaped.size();
    bool escaped = false;
    for (std::size_t from = begin;;) {
      while (at_ < text_.size() && peek() != '"' && peek() != '\\') {
        if (static_cast<unsigned char>(peek()) < 0x20) {
          return quoted(rest().substr(0, 1)) + " stands in a text; write it as an escape";
        }
        ++at_;
      }
      if (at_ == text_.size()) {
        return ended();
      }
      if (take('"')) {
        const std::string_view last = text_.substr(from, at_ - 1 - from);
        if (escaped) {
          cells_.unescaped += last;
        }
        result = escaped ? std::string_view(cells_.unescaped).substr(copy) : last;
        return {};
      }
      escaped = true;
      cells_.unescaped += text_.substr(from, at_ - from);
      if (!escape()) {
        return complaint_about_escape(rest());
      }
      from = at_;
    }
  }

  // Over a backslash and what belongs to it; else the place stays.
  bool escape() {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const std::string_view here = rest();
    const std::size_t letter = here.size() > 1 ? kLetters.find(here[1]) : std::string_view::npos;
    if (letter != std::string_view::npos) {
      cells_.unescaped += kMeanings[letter];
      at_ += 2;
      return true;
    }
    const auto first = code_unit(here);
    if (!first || is_low(*first)) {
      return false;
    }
    if (!is_high(*first)) {
      append_utf8(cells_.unescaped, *first);
      at_ += 6;
      return true;
    }
    const auto second = code_unit(here.substr(6));
    if (!second || !is_low(*second)) {
      return false;
    }
    append_utf8(cells_.unescaped, 0x10000 + ((*first & 0x3ffU) << 10U) + (*second & 0x3ffU));
    at_ += 12;
    return true;
  }

  static bool is_high(std::uint32_t unit) { return (unit & 0xfc00U) == 0xd800; }
  static bool is_low(std::uint32_t unit) { return (unit & 0xfc00U) == 0xdc00; }

  // Of text that begins with \uXXXX.
  static std::optional<std::uint32_t> code_unit(std::string_view text) {
    if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') {
      return std::nullopt;
    }
    std::uint32_t unit = 0;
    for (const char c : text.substr(2, 4)) {
      const bool digit = c >= '0' && c <= '9';
      const int letter = c >= 'a' && c <= 'f' ? c - 'a' : c >= 'A' && c <= 'F' ? c - 'A' : -1;
      if (!digit && letter < 0) {
        return std::nullopt;
      }
      unit = unit * 16 + static_cast<std::uint32_t>(digit ? c - '0' : 10 + letter);
    }
    return unit;
  }

  std::string_view text_;
  Cells& cells_;
  std::size_t at_ = 0;
};

}  // namespace

std::string split_json(std::string_view record, Cells& cells) {
  cells.start(record.size());
  return ObjectSplitter(record, cells).split();
}

}  // namespace autoglm::nn
