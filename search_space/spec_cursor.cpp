#include "search_space/spec_cursor.h"

#include "search_space/utf8.h"

namespace autoglm {

std::string_view SpecCursor::step() {
  const std::size_t length = utf8_length(text_, at_);
  if (length == 0) {
    throw SpecError(place_, "the byte " + escape_controls(text_.substr(at_, 1)) +
                                " is no UTF-8; save the text as UTF-8");
  }
  if (text_[at_] == '\0') {
    throw SpecError(place_, "a NUL character; remove it");
  }
  const std::string_view character = text_.substr(at_, length);
  at_ += length;
  if (place_.line > 0) {
    const bool line_ends = character == "\n";
    place_.column = line_ends ? 1 : place_.column + 1;
    place_.line += line_ends ? 1 : 0;
  }
  return character;
}

void SpecCursor::step_over(std::size_t characters) {
  for (std::size_t i = 0; i < characters; ++i) {
    step();
  }
}

std::string_view SpecCursor::offending() {
  const std::string_view found = rest();
  if (!found.empty() && (found[0] == '\0' || utf8_length(found, 0) == 0)) {
    step();
  }
  return found;
}

void SpecCursor::skip_mark() {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (rest().starts_with(kByteOrderMark)) {
    at_ += kByteOrderMark.size();
  }
}

void SpecCursor::skip_comment() {
  if (rest().starts_with("//")) {
    while (!at_end() && peek() != '\n') {
      step();
    }
    return;
  }
  const SpecPlace begin = place_;
  step_over(2);
  while (!rest().starts_with("*/")) {
    if (at_end()) {
      throw SpecSyntaxError(begin, "this comment is not closed; end it with */");
    }
    step();
  }
  step_over(2);
}

void SpecCursor::skip_blank() {
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

}  // namespace autoglm
