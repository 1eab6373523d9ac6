// A place in a spec's text that moves forward character by character.
#pragma once

#include <string>
#include <string_view>

#include "search_space/spec_reader.h"

namespace autoglm {

/// Knows line and column of the next character, and under which pointer it is read, so that it can
/// throw SpecErrors. `text` must outlive it.
class SpecCursor {
 public:
  SpecCursor(std::string_view text, SpecPlace start) : text_(text), place_(std::move(start)) {}

  bool at_end() const { return at_ >= text_.size(); }
  /// The next byte; NUL at the end.
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  /// The next byte does not fit. What follows, which begins with a character, or nothing. Throws
  /// SpecError when it begins with a byte that is no text at all.
  std::string_view offending();
  std::string_view rest() const { return text_.substr(at_); }

  const SpecPlace& place() const { return place_; }
  void set_pointer(const std::string& pointer) { place_.pointer = pointer; }

  /// One character on, which is returned. Throws SpecError when it is no text.
  std::string_view step();
  void step_over(std::size_t characters);
  /// Over a byte order mark.
  void skip_mark();
  /// Over white space and comments.
  void skip_blank();

  [[noreturn]] void fail(const std::string& message) const {
    throw SpecSyntaxError(place_, message);
  }

 private:
  void skip_comment();

  std::string_view text_;
  SpecPlace place_;  // of the next character
  std::size_t at_ = 0;
};

}  // namespace autoglm
