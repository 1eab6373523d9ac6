#include "search_space/expression.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "search_space/expression_node.h"
#include "search_space/portable_math.h"

namespace autoglm {
namespace {

using Kind = ExpressionNode::Kind;
using Function = ExpressionFunction;
using Operator = ExpressionOperator;
using Lookup = Expression::Lookup;
using Result = std::optional<Value>;

Result evaluate_node(const ExpressionNode& node, const Lookup& lookup);

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

// Unlike same_value, 1 is not true.
bool equal(const Value& a, const Value& b) {
  return a.index() == b.index() ? a == b : is_number(a) && is_number(b) && same_value(a, b);
}

std::optional<double> number_of(const ExpressionNode& node, const Lookup& lookup) {
  const Result value = evaluate_node(node, lookup);
  return value && is_number(*value) ? std::optional(value_number(*value)) : std::nullopt;
}

// The remainder has the sign of the divisor, as in Python.
double modulo(double a, double b) {
  const double remainder = std::fmod(a, b);
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

double operate(Operator op, double a, double b) {
  switch (op) {
    case Operator::add:
      return a + b;
    case Operator::subtract:
      return a - b;
    case Operator::multiply:
      return a * b;
    case Operator::divide:
      return a / b;
    default:
      return modulo(a, b);
  }
}

double call(Function function, const std::vector<double>& x) {
  switch (function) {
    case Function::abs:
      return std::abs(x[0]);
    case Function::min:
      return *std::min_element(x.begin(), x.end());
    case Function::max:
      return *std::max_element(x.begin(), x.end());
    case Function::log:
      return portable::log(x[0]);
    case Function::exp:
      return portable::exp(x[0]);
    case Function::sqrt:
      return std::sqrt(x[0]);
    case Function::floor:
      return std::floor(x[0]);
    case Function::ceil:
      break;
  }
  return std::ceil(x[0]);
}

Result arithmetic(const ExpressionNode& node, const Lookup& lookup) {
  std::vector<double> numbers;
  for (const ExpressionNode& child : node.children) {
    const std::optional<double> number = number_of(child, lookup);
    if (!number) {
      return std::nullopt;
    }
    numbers.push_back(*number);
  }
  if (node.kind == Kind::negate) {
    return -numbers[0];
  }
  if (node.kind == Kind::power) {
    return portable::pow(numbers[0], numbers[1]);
  }
  if (node.kind == Kind::call) {
    // NaN is passed on, which min_element would not do reliably.
    const bool undefined =
        std::any_of(numbers.begin(), numbers.end(), [](double x) { return std::isnan(x); });
    return undefined ? std::numeric_limits<double>::quiet_NaN() : call(node.function, numbers);
  }
  double result = numbers[0];
  for (std::size_t i = 0; i < node.operators.size(); ++i) {
    result = operate(node.operators[i], result, numbers[i + 1]);
  }
  return result;
}

Result ordering(Operator op, const Value& a, const Value& b) {
  if (!is_number(a) || !is_number(b)) {
    return std::nullopt;
  }
  const double x = value_number(a);
  const double y = value_number(b);
  switch (op) {
    case Operator::less:
      return x < y;
    case Operator::less_equal:
      return x <= y;
    case Operator::greater:
      return x > y;
    default:
      return x >= y;
  }
}

Result comparison(const ExpressionNode& node, const Lookup& lookup) {
  const Result left = evaluate_node(node.children[0], lookup);
  const Result right = evaluate_node(node.children[1], lookup);
  if (!left || !right) {
    return std::nullopt;
  }
  switch (node.operators[0]) {
    case Operator::equal:
      return equal(*left, *right);
    case Operator::not_equal:
      return !equal(*left, *right);
    default:
      return ordering(node.operators[0], *left, *right);
  }
}

Result membership(const ExpressionNode& node, const Lookup& lookup) {
  const Result value = evaluate_node(node.children[0], lookup);
  if (!value) {
    return std::nullopt;
  }
  const bool found =
      std::any_of(node.list.begin(), node.list.end(),
                  [&value](const ExpressionNode& item) { return equal(*value, item.literal); });
  return found == (node.operators[0] == Operator::in);
}

// and, or: one operand that decides is enough, whatever the others are.
Result logic(const ExpressionNode& node, const Lookup& lookup) {
  const bool decisive = node.kind == Kind::any;
  bool unknown = false;
  for (const ExpressionNode& child : node.children) {
    const Result value = evaluate_node(child, lookup);
    const bool* const known = value ? std::get_if<bool>(&*value) : nullptr;
    if (known != nullptr && *known == decisive) {
      return decisive;
    }
    unknown = unknown || known == nullptr;
  }
  return unknown ? Result() : Result(!decisive);
}

Result negation(const ExpressionNode& node, const Lookup& lookup) {
  const Result value = evaluate_node(node.children[0], lookup);
  const bool* const known = value ? std::get_if<bool>(&*value) : nullptr;
  return known == nullptr ? Result() : Result(!*known);
}

Result evaluate_node(const ExpressionNode& node, const Lookup& lookup) {
  switch (node.kind) {
    case Kind::literal:
      return node.literal;
    case Kind::name: {
      const Value* const value = lookup(node.name);
      return value == nullptr ? Result() : Result(*value);
    }
    case Kind::compare:
      return comparison(node, lookup);
    case Kind::membership:
      return membership(node, lookup);
    case Kind::negation:
      return negation(node, lookup);
    case Kind::all:
    case Kind::any:
      return logic(node, lookup);
    default:
      return arithmetic(node, lookup);
  }
}

void collect_names(const ExpressionNode& node, std::vector<std::string>& names) {
  if (node.kind == Kind::name && std::find(names.begin(), names.end(), node.name) == names.end()) {
    names.push_back(node.name);
  }
  for (const ExpressionNode& child : node.children) {
    collect_names(child, names);
  }
}

}  // namespace

Expression Expression::parse(std::string_view text, Dialect dialect) {
  constexpr std::size_t kLongest = 1U << 16U;
  if (text.size() > kLongest) {
    throw ExpressionError(0, "an expression of more than 65536 bytes; make it shorter");
  }
  Expression expression;
  expression.text_ = text;
  auto root =
      std::make_shared<ExpressionNode>(parse_expression_text(text, dialect == Dialect::arithmetic));
  check_types(*root, nullptr);
  collect_names(*root, expression.names_);
  expression.root_ = std::move(root);
  return expression;
}

std::optional<Value> Expression::evaluate(const Lookup& lookup) const {
  return evaluate_node(*root_, lookup);
}

bool Expression::holds(const Lookup& lookup) const {
  const Result value = evaluate(lookup);
  return value && *value == Value(true);
}

double Expression::number(const Lookup& lookup) const {
  const Result value = evaluate(lookup);
  return value ? value_number(*value) : std::numeric_limits<double>::quiet_NaN();
}

bool Expression::is_logical() const {
  switch (root_->kind) {
    case Kind::compare:
    case Kind::membership:
    case Kind::negation:
    case Kind::all:
    case Kind::any:
      return true;
    case Kind::literal:
      return std::holds_alternative<bool>(root_->literal);
    default:
      return false;
  }
}

}  // namespace autoglm
