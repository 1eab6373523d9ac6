// The small language of `when`, `constraints`, metric values and --assert.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "search_space/value.h"

namespace autoglm {

/// What the text may contain: a condition has comparisons, in, and/or/not, literals and names; the
/// arithmetic dialect adds + - * / % ** and abs min max log exp sqrt floor ceil. All arithmetic is
/// in doubles; a % b has the sign of b; division by zero gives infinity or NaN, which compares as
/// in Python (only != holds).
enum class Dialect { condition, arithmetic };

/// A mistake in the text, `offset` bytes from its beginning.
class ExpressionError : public std::runtime_error {
 public:
  ExpressionError(std::size_t at, const std::string& message)
      : std::runtime_error(message), offset(at) {}
  std::size_t offset;
};

struct ExpressionNode;

/// An immutable syntax tree; cheap to copy. Thread-safe.
class Expression {
 public:
  /// Throws ExpressionError. Nesting is limited to 100.
  static Expression parse(std::string_view text, Dialect dialect);

  /// The value of a name; nullptr when it has none (an inactive parameter, a metric not reported).
  using Lookup = std::function<const Value*(std::string_view name)>;

  /// Nothing when a name without a value decides the result (Kleene's logic: `a or true` is true
  /// whatever a is, `not a` is nothing when a has no value). 1 == true is false. Comparing text
  /// and number by == is false, by < is nothing (parse and check_types refuse what can be seen).
  std::optional<Value> evaluate(const Lookup& lookup) const;

  /// As a condition: a condition on an inactive parameter does not hold, also under `not`.
  bool holds(const Lookup& lookup) const;

  /// As a number; NaN when it has none.
  double number(const Lookup& lookup) const;

  /// Each once, in order of appearance.
  const std::vector<std::string>& names() const { return names_; }
  const std::string& text() const { return text_; }
  const ExpressionNode& root() const { return *root_; }

  /// Whether the top is a comparison or logic (a condition) and not a number or text.
  bool is_logical() const;

 private:
  Expression() = default;
  std::string text_;
  std::vector<std::string> names_;
  std::shared_ptr<const ExpressionNode> root_;
};

}  // namespace autoglm
