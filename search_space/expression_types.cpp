// Which operands fit which operators.
#include "search_space/expression.h"
#include "search_space/expression_node.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

using Kind = ExpressionNode::Kind;
using Operator = ExpressionOperator;

constexpr unsigned kAnything = number_type | text_type | logical_type | null_type;

std::string what_it_is(const ExpressionNode& node, unsigned types) {
  if (node.kind == Kind::literal) {
    return shown(value_json(node.literal));
  }
  const std::string name = node.kind == Kind::name ? shown(node.name) : "this";
  switch (types) {
    case number_type:
      return name + ", which is a number,";
    case text_type:
      return name + ", which is text,";
    case logical_type:
      return name + ", which is true or false,";
    default:
      return name + ", which is not always a number,";
  }
}

// `types` may be unknown: then nothing is wrong with it that can be seen.
bool is_always(unsigned types, unsigned wanted) { return types == kAnything || types == wanted; }

void require(const ExpressionNode& node, unsigned types, unsigned wanted, std::string_view by) {
  if (!is_always(types, wanted)) {
    const bool text = wanted == number_type && (types & text_type) != 0;
    throw ExpressionError(node.offset, std::string(by) + " needs " +
                                           (wanted == number_type ? "numbers" : "conditions") +
                                           "; " + what_it_is(node, types) + " does not fit" +
                                           (text ? " (text has ==, != and in)" : ""));
  }
}

std::string_view function_or_operator(const ExpressionNode& node, std::size_t child) {
  switch (node.kind) {
    case Kind::negate:
      return "-";
    case Kind::power:
      return "**";
    case Kind::negation:
      return "not";
    case Kind::all:
      return "and";
    case Kind::any:
      return "or";
    case Kind::call:
      return "a function";
    default:
      return operator_text(node.operators[child == 0 ? 0 : child - 1]);
  }
}

// Numbers and truth values may be compared: 1 == true is no mistake, it does not hold.
unsigned comparable_with(unsigned types) {
  constexpr unsigned kNumberOrLogical = number_type | logical_type;
  return (types & kNumberOrLogical) != 0 ? types | kNumberOrLogical : types;
}

void check_equality(const ExpressionNode& node, const NameTypes& types) {
  const unsigned left = check_types(node.children[0], types);
  const unsigned right = check_types(node.children[1], types);
  if ((comparable_with(left) & right) == 0) {
    throw ExpressionError(node.offset, what_it_is(node.children[0], left) + " never equals " +
                                           what_it_is(node.children[1], right) +
                                           " since they differ in kind");
  }
}

bool is_equality(const ExpressionNode& node) {
  return node.kind == Kind::compare &&
         (node.operators[0] == Operator::equal || node.operators[0] == Operator::not_equal);
}

}  // namespace

ValueType type_of(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) {
    return null_type;
  }
  if (std::holds_alternative<bool>(value)) {
    return logical_type;
  }
  return std::holds_alternative<std::string>(value) ? text_type : number_type;
}

unsigned check_types(const ExpressionNode& node, const NameTypes& types) {
  if (node.kind == Kind::literal) {
    return type_of(node.literal);
  }
  if (node.kind == Kind::name) {
    const unsigned known = types ? types(node.name) : 0;
    return known == 0 ? kAnything : known;
  }
  if (is_equality(node)) {
    check_equality(node, types);
    return logical_type;
  }
  const bool logic =
      node.kind == Kind::negation || node.kind == Kind::all || node.kind == Kind::any;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const unsigned found = check_types(node.children[i], types);
    if (node.kind != Kind::membership) {
      require(node.children[i], found, logic ? logical_type : number_type,
              function_or_operator(node, i));
    }
  }
  const bool logical = logic || node.kind == Kind::compare || node.kind == Kind::membership;
  return logical ? logical_type : number_type;
}

}  // namespace autoglm
