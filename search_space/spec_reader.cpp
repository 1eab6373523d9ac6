#include "search_space/spec_reader.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <unordered_map>

#include "search_space/spec_syntax.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

constexpr std::size_t kMaxBytes = 64'000'000;
constexpr int kMaxDepth = 100;

/// A parser by recursive descent that knows at each moment where it stands.
class Reader {
 public:
  Reader(std::string_view text, const SpecPlace& start) : text_(text), place_(start) {}

  SpecRoot read();

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  std::string_view rest() const { return text_.substr(at_); }
  /// What does not fit, and begins with a character. Throws SpecError when it does not.
  std::string_view offending();
  /// One character on. Throws SpecError when what is passed is no text.
  void step();
  void skip_blank();
  void skip_comment();

  std::shared_ptr<const SpecNode> value();
  void object(SpecNode& node);
  void array(SpecNode& node);
  /// After an element: whether another one follows; if not, `opened`'s counterpart was read.
  bool another(char opened, const SpecPlace& begin);
  void member_name(SpecMember& member);
  void text(std::string& result, bool& plain);
  void escape(std::string& result);
  std::uint32_t hexadecimal();
  void number(SpecNode& node);
  void word(SpecNode& node);

  void enter();
  [[noreturn]] void fail_unclosed(char opened, const SpecPlace& begin) const;
  [[noreturn]] void syntax(const std::string& message) const {
    throw SpecSyntaxError(place_, message);
  }

  std::string_view text_;
  SpecPlace place_;  // of the next character, and the pointer of what is being read
  std::size_t at_ = 0;
  int depth_ = 0;
};

void Reader::step() {
  const std::size_t length = utf8_length(text_, at_);
  if (length == 0) {
    throw SpecError(place_, "the byte " + escape_controls(text_.substr(at_, 1)) +
                                " is no UTF-8; save the text as UTF-8");
  }
  if (text_[at_] == '\0') {
    throw SpecError(place_, "a NUL character; remove it");
  }
  const bool line_ends = text_[at_] == '\n';
  at_ += length;
  if (place_.line > 0) {
    place_.column = line_ends ? 1 : place_.column + 1;
    place_.line += line_ends ? 1 : 0;
  }
}

std::string_view Reader::offending() {
  const std::string_view found = rest();
  if (!found.empty() && (found[0] == '\0' || utf8_length(found, 0) == 0)) {
    step();
  }
  return found;
}

void Reader::skip_comment() {
  const SpecPlace begin = place_;
  if (text_[at_ + 1] == '/') {
    while (!at_end() && peek() != '\n') {
      step();
    }
    return;
  }
  step();
  step();
  while (!rest().starts_with("*/")) {
    if (at_end()) {
      throw SpecSyntaxError(begin, "this comment is not closed; end it with */");
    }
    step();
  }
  step();
  step();
}

void Reader::skip_blank() {
  while (!at_end()) {
    if (rest().starts_with("//") || rest().starts_with("/*")) {
      skip_comment();
    } else if (std::string_view(" \t\r\n").find(peek()) != std::string_view::npos) {
      step();
    } else {
      return;
    }
  }
}

SpecRoot Reader::read() {
  if (text_.size() > kMaxBytes) {
    throw SpecError(SpecPlace{.source = place_.source},
                    std::to_string(text_.size()) + " bytes are more than the 64 MB that are read");
  }
  if (text_.starts_with("\xef\xbb\xbf")) {
    at_ = 3;
  }
  skip_blank();
  if (at_end()) {
    syntax("there is nothing here; a JSON value is needed, such as {}");
  }
  SpecRoot root = value();
  skip_blank();
  if (!at_end()) {
    syntax("more text after the end of the JSON value; remove it, or mend the brackets before it");
  }
  return root;
}

std::shared_ptr<const SpecNode> Reader::value() {
  auto node = std::make_shared<SpecNode>();
  node->place = place_;
  switch (peek()) {
    case '{':
      object(*node);
      break;
    case '[':
      array(*node);
      break;
    case '"':
      node->kind = SpecNode::Kind::string;
      text(node->string, node->plain);
      break;
    default:
      word(*node);
  }
  return node;
}

void Reader::enter() {
  if (++depth_ > kMaxDepth) {
    throw SpecError(place_, "more than 100 brackets within each other; make it flatter");
  }
  step();
  skip_blank();
}

void Reader::fail_unclosed(char opened, const SpecPlace& begin) const {
  const std::string what = opened == '{' ? "object" : "list";
  syntax("the text ends within the " + what + " that begins at " + std::to_string(begin.line) +
         ":" + std::to_string(begin.column) + "; close it with \"" + (opened == '{' ? '}' : ']') +
         "\"");
}

bool Reader::another(char opened, const SpecPlace& begin) {
  const char closing = opened == '{' ? '}' : ']';
  skip_blank();
  if (at_end()) {
    fail_unclosed(opened, begin);
  }
  if (peek() == closing) {
    return false;
  }
  if (peek() != ',') {
    syntax(complaint_about_separator(offending(), opened));
  }
  const SpecPlace comma = place_;
  step();
  skip_blank();
  if (peek() == closing) {
    throw SpecSyntaxError(comma, std::string("a comma before \"") + closing + "\"; remove it");
  }
  if (at_end()) {
    fail_unclosed(opened, begin);
  }
  return true;
}

void Reader::array(SpecNode& node) {
  node.kind = SpecNode::Kind::array;
  enter();
  const std::string pointer = place_.pointer;
  bool more = peek() != ']';
  while (more) {
    if (at_end()) {
      fail_unclosed('[', node.place);
    }
    place_.pointer = pointer + '/' + std::to_string(node.elements.size());
    node.elements.push_back(value());
    place_.pointer = pointer;
    more = another('[', node.place);
  }
  step();
  --depth_;
}

void Reader::member_name(SpecMember& member) {
  if (peek() != '"') {
    syntax(complaint_about_key(offending()));
  }
  member.key_place = place_;
  bool plain = false;
  text(member.key, plain);
  member.key_place.pointer = pointer_to(place_.pointer, member.key);
  skip_blank();
  if (peek() != ':') {
    syntax(complaint_about_colon(offending(), member.key));
  }
  step();
  skip_blank();
}

void Reader::object(SpecNode& node) {
  node.kind = SpecNode::Kind::object;
  enter();
  const std::string pointer = place_.pointer;
  std::unordered_map<std::string, SpecPlace> seen;
  bool more = peek() != '}';
  while (more) {
    if (at_end()) {
      fail_unclosed('{', node.place);
    }
    SpecMember member;
    member_name(member);
    const auto [first, is_new] = seen.emplace(member.key, member.key_place);
    if (!is_new) {
      const SpecPlace& other = first->second;
      throw SpecError(member.key_place, "the key " + shown(json_quoted(member.key)) +
                                            " was already given" +
                                            (other.line > 0 ? " at " + std::to_string(other.line) +
                                                                  ":" + std::to_string(other.column)
                                                            : std::string()) +
                                            "; remove one of the two");
    }
    if (at_end()) {
      fail_unclosed('{', node.place);
    }
    place_.pointer = member.key_place.pointer;
    member.value = value();
    place_.pointer = pointer;
    node.members.push_back(std::move(member));
    more = another('{', node.place);
  }
  step();
  --depth_;
}

void Reader::text(std::string& result, bool& plain) {
  const SpecPlace begin = place_;
  step();
  plain = true;
  while (peek() != '"') {
    if (at_end() || peek() == '\n' || peek() == '\r') {
      throw SpecSyntaxError(begin,
                            "this text is not closed on its line; end it with \" (a line break "
                            "within it is written \\n)");
    }
    if (peek() == '\\') {
      plain = false;
      escape(result);
      continue;
    }
    if (peek() == '\t') {
      syntax("a tab within a text; write \\t");
    }
    const std::size_t from = at_;
    step();
    result.append(text_, from, at_ - from);
  }
  step();
}

std::uint32_t Reader::hexadecimal() {
  const std::string_view digits = rest().substr(0, 4);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (error != std::errc() || digits.size() < 4 || end != digits.data() + 4) {
    return 0xffffffff;
  }
  for (int i = 0; i < 4; ++i) {
    step();
  }
  return code;
}

void Reader::escape(std::string& result) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const SpecPlace begin = place_;
  const std::string_view from = rest();
  step();
  const std::size_t letter = at_end() ? std::string_view::npos : kLetters.find(peek());
  if (letter != std::string_view::npos) {
    result += kMeanings[letter];
    step();
    return;
  }
  const auto refuse = [&] { throw SpecSyntaxError(begin, complaint_about_escape(from)); };
  if (peek() != 'u') {
    refuse();
  }
  step();
  std::uint32_t code = hexadecimal();
  if (code >= 0xd800 && code <= 0xdbff && rest().starts_with("\\u")) {
    step();
    step();
    const std::uint32_t second = hexadecimal();
    if (second < 0xdc00 || second > 0xdfff) {
      refuse();
    }
    code = 0x10000 + ((code - 0xd800) << 10U) + (second - 0xdc00);
  } else if (code > 0xffff || (code >= 0xd800 && code <= 0xdfff)) {
    refuse();
  }
  if (code == 0) {
    throw SpecError(begin, "a NUL character; remove it");
  }
  append_utf8(result, code);
}

void Reader::number(SpecNode& node) {
  const std::string token(rest().substr(0, word_length(rest())));
  if (!is_json_number(token)) {
    syntax(complaint_about_number(token));
  }
  const char* const end = token.data() + token.size();
  const auto [integer_end, integer_error] = std::from_chars(token.data(), end, node.integer);
  if (integer_end == end && integer_error == std::errc()) {
    node.kind = SpecNode::Kind::integer;
    node.number = static_cast<double>(node.integer);
  } else {
    node.kind = SpecNode::Kind::number;
    node.integer = 0;
    if (std::from_chars(token.data(), end, node.number).ec != std::errc()) {
      node.number = std::strtod(token.c_str(), nullptr);  // 0 or infinity
    }
    if (std::isinf(node.number)) {
      throw SpecError(place_, shown(token) +
                                  " is beyond the numbers that a computer has; the "
                                  "greatest is about 1.8e308");
    }
  }
  for (std::size_t i = 0; i < token.size(); ++i) {
    step();
  }
}

void Reader::word(SpecNode& node) {
  if ((peek() >= '0' && peek() <= '9') || peek() == '-') {
    number(node);
    return;
  }
  const std::string_view found = rest().substr(0, word_length(rest()));
  if (found == "true" || found == "false") {
    node.kind = SpecNode::Kind::boolean;
    node.boolean = found == "true";
  } else if (found != "null") {
    syntax(complaint_about_value(offending()));
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    step();
  }
}

}  // namespace

SpecRoot read_json(std::string_view text, const SpecPlace& start) {
  return Reader(text, start).read();
}

SpecRoot read_spec(std::string_view text, const std::string& source) {
  return read_json(text, SpecPlace{.source = source, .line = 1, .column = 1});
}

}  // namespace autoglm
