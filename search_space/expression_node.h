// The syntax tree of an Expression.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "search_space/value.h"

namespace autoglm {

enum class ExpressionOperator {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_in
};

enum class ExpressionFunction { abs, min, max, log, exp, sqrt, floor, ceil };

struct ExpressionNode {
  enum class Kind {
    literal,
    name,
    negate,      // - child
    power,       // child 0 ** child 1
    product,     // child 0, then operators[i] (* / %) with child i + 1
    sum,         // the same with + and -
    call,        // function(children)
    compare,     // child 0 operators[0] child 1
    membership,  // child 0 in, or not in, list
    negation,    // not child
    all,         // children joined by and
    any          // children joined by or
  };

  Kind kind = Kind::literal;
  std::size_t offset = 0;  // of its first character, or of its operator's where it has two sides
  Value literal{};
  std::string name{};
  ExpressionFunction function = ExpressionFunction::abs;
  std::vector<ExpressionOperator> operators{};
  std::vector<ExpressionNode> children{};
  std::vector<ExpressionNode> list{};  // literals
};

std::string_view operator_text(ExpressionOperator op);

/// The tree of a text; its types are not checked. Throws ExpressionError.
ExpressionNode parse_expression_text(std::string_view text, bool arithmetic);

/// What a value may be: a set of these.
enum ValueType : unsigned { number_type = 1, text_type = 2, logical_type = 4, null_type = 8 };

ValueType type_of(const Value& value);

/// The types that a name may have, as a set; 0 when that is not known.
using NameTypes = std::function<unsigned(std::string_view name)>;

/// Checks that operands are what their operators work on; returns the types of the whole. Throws
/// ExpressionError.
unsigned check_types(const ExpressionNode& node, const NameTypes& types);

}  // namespace autoglm
