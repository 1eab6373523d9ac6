// The tokens of an expression.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "search_space/value.h"

namespace autoglm {

struct ExpressionToken {
  enum class Kind { end, symbol, number, text, name };

  Kind kind = Kind::end;
  std::size_t offset = 0;
  std::string text{};   // a symbol (operators, brackets, and or not in true false) or a name
  Value value{};        // kinds number and text
  bool quoted = false;  // a name in backquotes
};

/// Reads a text from left to right, one token at a time. `text` must outlive it.
class ExpressionScanner {
 public:
  /// Reads the first token. This and next() throw ExpressionError.
  explicit ExpressionScanner(std::string_view text);

  const ExpressionToken& now() const { return token_; }
  void next();

 private:
  void read_number();
  void read_quoted();
  void read_word();
  void read_symbol();
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  ExpressionToken token_{};
};

/// -number, of the same type.
Value negated(const Value& number);

}  // namespace autoglm
