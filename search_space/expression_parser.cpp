// The grammar, loosest first (** binds to the right, all else to the left):
//   any        := all ("or" all)*
//   all        := negation ("and" negation)*
//   negation   := "not" negation | comparison
//   comparison := sum [("==" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" list]
//   sum        := product (("+" | "-") product)*
//   product    := signed (("*" | "/" | "%") signed)*
//   signed     := "-" signed | power
//   power      := primary ["**" signed]
//   primary    := literal | name | function "(" any ("," any)* ")" | "(" any ")"
//   list       := "[" literal ("," literal)* "]"
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "search_space/expression.h"
#include "search_space/expression_node.h"
#include "search_space/expression_scanner.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

using Kind = ExpressionNode::Kind;
using Function = ExpressionFunction;
using Operator = ExpressionOperator;

constexpr int kMaxDepth = 100;

constexpr std::array<std::pair<std::string_view, Operator>, 13> kOperators = {
    {{"+", Operator::add},
     {"-", Operator::subtract},
     {"*", Operator::multiply},
     {"/", Operator::divide},
     {"%", Operator::modulo},
     {"==", Operator::equal},
     {"!=", Operator::not_equal},
     {"<", Operator::less},
     {"<=", Operator::less_equal},
     {">", Operator::greater},
     {">=", Operator::greater_equal},
     {"in", Operator::in},
     {"not in", Operator::not_in}}};

constexpr std::array<std::pair<std::string_view, Function>, 8> kFunctions = {
    {{"abs", Function::abs},
     {"min", Function::min},
     {"max", Function::max},
     {"log", Function::log},
     {"exp", Function::exp},
     {"sqrt", Function::sqrt},
     {"floor", Function::floor},
     {"ceil", Function::ceil}}};

class Parser {
 public:
  Parser(std::string_view text, bool arithmetic) : tokens_(text), arithmetic_(arithmetic) {}

  ExpressionNode whole() {
    if (now().kind == ExpressionToken::Kind::end) {
      throw ExpressionError(0, "the expression is empty; write one, or remove the key");
    }
    ExpressionNode node = any();
    if (now().kind != ExpressionToken::Kind::end) {
      fail_here("an operator is missing before " + shown(now().text));
    }
    return node;
  }

 private:
  /// Counts the nesting of what is being parsed.
  class Level {
   public:
    explicit Level(Parser& parser) : depth_(parser.depth_) {
      if (++depth_ > kMaxDepth) {
        parser.fail_here("the expression is nested more than 100 deep; make it simpler");
      }
    }
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    int& depth_;
  };

  const ExpressionToken& now() const { return tokens_.now(); }
  bool at(std::string_view symbol) const {
    return now().kind == ExpressionToken::Kind::symbol && now().text == symbol;
  }
  bool take(std::string_view symbol) {
    const bool found = at(symbol);
    if (found) {
      tokens_.next();
    }
    return found;
  }
  void expect(std::string_view symbol, const std::string& message) {
    if (!take(symbol)) {
      fail_here(message);
    }
  }
  [[noreturn]] void fail_here(const std::string& message) const {
    throw ExpressionError(now().offset, message);
  }
  std::optional<Operator> operator_among(Operator first, Operator last) const;

  ExpressionNode any() { return joined(Kind::any, "or", &Parser::all); }
  ExpressionNode all() { return joined(Kind::all, "and", &Parser::negation); }
  ExpressionNode negation();
  ExpressionNode comparison();
  ExpressionNode sum() {
    return chain(Kind::sum, Operator::add, Operator::subtract, &Parser::product);
  }
  ExpressionNode product() {
    return chain(Kind::product, Operator::multiply, Operator::modulo, &Parser::with_sign);
  }
  ExpressionNode with_sign();
  ExpressionNode power();
  ExpressionNode primary();
  ExpressionNode call(const ExpressionToken& name);
  ExpressionNode literal();
  void membership(ExpressionNode& node);

  using Rule = ExpressionNode (Parser::*)();
  ExpressionNode joined(Kind kind, std::string_view word, Rule operand);
  ExpressionNode chain(Kind kind, Operator first, Operator last, Rule operand);
  void require_arithmetic(std::string_view what, std::size_t offset) const;

  ExpressionScanner tokens_;
  bool arithmetic_;
  int depth_ = 0;
};

ExpressionNode node_of(Kind kind, std::size_t offset) {
  ExpressionNode node;
  node.kind = kind;
  node.offset = offset;
  return node;
}

std::optional<Operator> Parser::operator_among(Operator first, Operator last) const {
  for (const auto& [text, op] : kOperators) {
    if (op >= first && op <= last && at(text)) {
      return op;
    }
  }
  return std::nullopt;
}

void Parser::require_arithmetic(std::string_view what, std::size_t offset) const {
  if (!arithmetic_) {
    throw ExpressionError(offset, "a condition has no arithmetic, but here is " +
                                      std::string(what) +
                                      "; compare a parameter with a value, or write a constraint");
  }
}

ExpressionNode Parser::joined(Kind kind, std::string_view word, Rule operand) {
  ExpressionNode first = (this->*operand)();
  if (!at(word)) {
    return first;
  }
  ExpressionNode node = node_of(kind, first.offset);
  node.children.push_back(std::move(first));
  while (take(word)) {
    node.children.push_back((this->*operand)());
  }
  return node;
}

ExpressionNode Parser::chain(Kind kind, Operator first, Operator last, Rule operand) {
  ExpressionNode left = (this->*operand)();
  std::optional<Operator> op = operator_among(first, last);
  if (!op) {
    return left;
  }
  ExpressionNode node = node_of(kind, left.offset);
  node.children.push_back(std::move(left));
  for (; op; op = operator_among(first, last)) {
    require_arithmetic(operator_text(*op), now().offset);
    tokens_.next();
    node.operators.push_back(*op);
    node.children.push_back((this->*operand)());
  }
  return node;
}

ExpressionNode Parser::negation() {
  if (!at("not")) {
    return comparison();
  }
  const Level level(*this);
  ExpressionNode node = node_of(Kind::negation, now().offset);
  tokens_.next();
  node.children.push_back(negation());
  return node;
}

ExpressionNode Parser::comparison() {
  ExpressionNode left = sum();
  const std::size_t offset = now().offset;
  if (const auto op = operator_among(Operator::equal, Operator::greater_equal)) {
    tokens_.next();
    ExpressionNode node = node_of(Kind::compare, offset);
    node.operators.push_back(*op);
    node.children.push_back(std::move(left));
    node.children.push_back(sum());
    left = std::move(node);
  } else if (at("in") || at("not")) {
    ExpressionNode node = node_of(Kind::membership, offset);
    node.operators.push_back(take("not") ? Operator::not_in : Operator::in);
    expect("in", "\"in\" must follow \"not\" here; write: not in [...]");
    membership(node);
    node.children.push_back(std::move(left));
    left = std::move(node);
  } else {
    return left;
  }
  if (operator_among(Operator::equal, Operator::in)) {
    fail_here("comparisons do not chain; write a < b and b < c");
  }
  return left;
}

void Parser::membership(ExpressionNode& node) {
  expect("[", "a list must follow \"in\"; write it like ['a', 'b'] or [1, 2]");
  do {
    if (at("]")) {
      fail_here(node.list.empty() ? "the list is empty; name at least one value"
                                  : "a comma before \"]\"; remove it");
    }
    node.list.push_back(literal());
  } while (take(","));
  expect("]", "the list must go on with \",\" or end with \"]\" here");
}

ExpressionNode Parser::with_sign() {
  if (!at("-")) {
    return power();
  }
  const Level level(*this);
  ExpressionNode node = node_of(Kind::negate, now().offset);
  tokens_.next();
  if (!arithmetic_) {
    if (now().kind != ExpressionToken::Kind::number) {
      require_arithmetic("-", node.offset);
    }
    ExpressionNode number = primary();
    number.literal = negated(number.literal);
    number.offset = node.offset;
    return number;
  }
  node.children.push_back(with_sign());
  return node;
}

ExpressionNode Parser::power() {
  ExpressionNode base = primary();
  if (!at("**")) {
    return base;
  }
  require_arithmetic("**", now().offset);
  const Level level(*this);
  ExpressionNode node = node_of(Kind::power, now().offset);
  tokens_.next();
  node.children.push_back(std::move(base));
  node.children.push_back(with_sign());
  return node;
}

ExpressionNode Parser::literal() {
  const std::size_t offset = now().offset;
  const bool negative = take("-");
  const ExpressionToken token = now();
  using TokenKind = ExpressionToken::Kind;
  ExpressionNode node = node_of(Kind::literal, offset);
  if (token.kind == TokenKind::number) {
    node.literal = negative ? negated(token.value) : token.value;
  } else if (negative) {
    fail_here("a number must follow \"-\" here");
  } else if (token.kind == TokenKind::text) {
    node.literal = token.value;
  } else if (at("true") || at("false")) {
    node.literal = at("true");
  } else if (token.kind == TokenKind::name) {
    fail_here("a list holds values, not names; write '" + shown(token.text) + "'");
  } else {
    fail_here("a value is missing here");
  }
  tokens_.next();
  return node;
}

ExpressionNode Parser::primary() {
  const ExpressionToken token = now();
  using TokenKind = ExpressionToken::Kind;
  if (token.kind == TokenKind::number || token.kind == TokenKind::text || at("true") ||
      at("false")) {
    return literal();
  }
  if (token.kind == TokenKind::name) {
    tokens_.next();
    if (at("(") && !token.quoted) {
      return call(token);
    }
    ExpressionNode node = node_of(Kind::name, token.offset);
    node.name = token.text;
    return node;
  }
  if (at("(")) {
    const Level level(*this);
    tokens_.next();
    ExpressionNode node = any();
    expect(")", "\")\" is missing here");
    return node;
  }
  if (token.kind == TokenKind::end) {
    fail_here("the expression ends where a value is expected");
  }
  fail_here("a value is expected here, not \"" + shown(token.text) + "\"");
}

std::optional<Function> function_called(std::string_view name) {
  for (const auto& [text, function] : kFunctions) {
    if (text == name) {
      return function;
    }
  }
  return std::nullopt;
}

ExpressionNode Parser::call(const ExpressionToken& name) {
  const std::optional<Function> function = function_called(name.text);
  if (!function) {
    throw ExpressionError(name.offset, "there is no function " + shown(name.text) +
                                           "; there are abs min max log exp sqrt floor ceil");
  }
  require_arithmetic(name.text, name.offset);
  const Level level(*this);
  tokens_.next();
  ExpressionNode node = node_of(Kind::call, name.offset);
  node.function = *function;
  do {
    node.children.push_back(any());
  } while (take(","));
  expect(")", "\")\" is missing here");
  const bool many = *function == Function::min || *function == Function::max;
  if (many ? node.children.size() < 2 : node.children.size() != 1) {
    throw ExpressionError(
        name.offset,
        name.text + (many ? " takes two arguments or more, not " : " takes one argument, not ") +
            std::to_string(node.children.size()));
  }
  return node;
}

}  // namespace

std::string_view operator_text(Operator op) {
  return kOperators[static_cast<std::size_t>(op)].first;
}

ExpressionNode parse_expression_text(std::string_view text, bool arithmetic) {
  return Parser(text, arithmetic).whole();
}

}  // namespace autoglm
