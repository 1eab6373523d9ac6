#include "search_space/parse_condition.h"

#include <algorithm>
#include <optional>

#include "search_space/expression_node.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

using Kind = ExpressionNode::Kind;
using Operator = ExpressionOperator;

const Parameter* find_parameter(const std::vector<Parameter>& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [name](const Parameter& p) { return p.name == name; });
  return found == parameters.end() ? nullptr : &*found;
}

unsigned types_of(const Domain& domain) {
  const auto* const choice = std::get_if<Choice>(&domain);
  if (choice == nullptr) {
    return number_type;
  }
  unsigned types = 0;
  for (const Value& value : choice->choices) {
    types |= type_of(value);
  }
  return types;
}

/// What an expression says about the parameters that it names.
class Checker {
 public:
  explicit Checker(const std::vector<Parameter>& parameters) : parameters_(parameters) {}

  void check(const ExpressionNode& root) const {
    check_names(root);
    const unsigned types = check_types(root, [this](std::string_view name) {
      return types_of(find_parameter(parameters_, name)->domain);
    });
    if (types != logical_type) {
      throw ExpressionError(root.offset, "must be a comparison, such as layers > 2");
    }
    check_choices(root);
  }

 private:
  void check_names(const ExpressionNode& node) const;
  void check_choices(const ExpressionNode& node) const;
  void check_choice(const ExpressionNode& name, const ExpressionNode& literal) const;

  const std::vector<Parameter>& parameters_;
};

void Checker::check_names(const ExpressionNode& node) const {
  if (node.kind == Kind::name && find_parameter(parameters_, node.name) == nullptr) {
    std::vector<std::string> names;
    for (const Parameter& parameter : parameters_) {
      names.push_back(parameter.name);
    }
    const auto near = did_you_mean(node.name, names);
    throw ExpressionError(node.offset,
                          "no parameter is called " + shown(json_quoted(node.name)) +
                              (near ? "; did you mean " + shown(json_quoted(*near)) + "?" : ""));
  }
  for (const ExpressionNode& child : node.children) {
    check_names(child);
  }
}

void Checker::check_choices(const ExpressionNode& node) const {
  if (node.kind == Kind::membership && node.children[0].kind == Kind::name) {
    for (const ExpressionNode& item : node.list) {
      check_choice(node.children[0], item);
    }
  }
  if (node.kind == Kind::compare &&
      (node.operators[0] == Operator::equal || node.operators[0] == Operator::not_equal)) {
    check_choice(node.children[0], node.children[1]);
    check_choice(node.children[1], node.children[0]);
  }
  for (const ExpressionNode& child : node.children) {
    check_choices(child);
  }
}

// A comparison with a value that its parameter never has is a mistake, most often of spelling.
void Checker::check_choice(const ExpressionNode& name, const ExpressionNode& literal) const {
  if (name.kind != Kind::name || literal.kind != Kind::literal) {
    return;
  }
  const Domain& domain = find_parameter(parameters_, name.name)->domain;
  const auto* const choice = std::get_if<Choice>(&domain);
  if (choice == nullptr) {
    if (type_of(literal.literal) == text_type) {
      throw ExpressionError(literal.offset, shown(name.name) + " is a number and never " +
                                                shown(value_json(literal.literal)));
    }
    return;
  }
  std::vector<std::string> texts;
  for (const Value& value : choice->choices) {
    if (same_value(value, literal.literal)) {
      return;
    }
    texts.push_back(value_json(value));
  }
  const std::string text = value_json(literal.literal);
  const auto near = did_you_mean(text, texts);
  throw ExpressionError(literal.offset, shown(text) + " is no choice of " + shown(name.name) +
                                            (near ? "; did you mean " + shown(*near) + "?"
                                                  : ", which is " + describe(domain)));
}

Expression parse_at(const SpecNode& node, Dialect dialect, const Checker& checker) {
  const std::string& text = node.as_string();
  try {
    Expression expression = Expression::parse(text, dialect);
    checker.check(expression.root());
    return expression;
  } catch (const ExpressionError& error) {
    node.fail_within(error.offset, error.what());
  }
}

/// Follows conditions from parameter to parameter.
class CycleSearch {
 public:
  CycleSearch(const std::vector<Parameter>& parameters, const std::vector<const SpecNode*>& nodes)
      : parameters_(parameters), nodes_(nodes), states_(parameters.size(), State::fresh) {}

  void run();

 private:
  enum class State { fresh, open, done };
  struct Visit {
    std::size_t parameter;
    std::size_t next_name = 0;
  };

  void enter(std::size_t parameter, std::vector<Visit>& path);
  [[noreturn]] void fail(const std::vector<Visit>& path, std::size_t back_to) const;

  const std::vector<Parameter>& parameters_;
  const std::vector<const SpecNode*>& nodes_;
  std::vector<State> states_;
};

void CycleSearch::run() {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    std::vector<Visit> path;
    enter(i, path);
    while (!path.empty()) {
      Visit& visit = path.back();
      const auto& condition = parameters_[visit.parameter].active_if;
      if (!condition || visit.next_name == condition->names().size()) {
        states_[visit.parameter] = State::done;
        path.pop_back();
        continue;
      }
      const Parameter* const parent =
          find_parameter(parameters_, condition->names()[visit.next_name++]);
      enter(static_cast<std::size_t>(parent - parameters_.data()), path);
    }
  }
}

void CycleSearch::enter(std::size_t parameter, std::vector<Visit>& path) {
  if (states_[parameter] == State::open) {
    fail(path, parameter);
  }
  if (states_[parameter] == State::fresh) {
    states_[parameter] = State::open;
    path.push_back(Visit{.parameter = parameter});
  }
}

void CycleSearch::fail(const std::vector<Visit>& path, std::size_t back_to) const {
  const auto begin = std::find_if(path.begin(), path.end(), [back_to](const Visit& visit) {
    return visit.parameter == back_to;
  });
  std::string names;
  for (auto visit = begin; visit != path.end(); ++visit) {
    names += shown(parameters_[visit->parameter].name) + " → ";
  }
  names += shown(parameters_[back_to].name);
  nodes_[back_to]->fail("the conditions run in a circle: " + names + "; remove one of them");
}

}  // namespace

void parse_conditions(std::vector<Parameter>& parameters,
                      const std::vector<const SpecNode*>& nodes) {
  const Checker checker(parameters);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (nodes[i] != nullptr) {
      parameters[i].active_if = parse_at(*nodes[i], Dialect::condition, checker);
    }
  }
  CycleSearch(parameters, nodes).run();
}

Expression parse_constraint(const SpecNode& node, const std::vector<Parameter>& parameters) {
  return parse_at(node, Dialect::arithmetic, Checker(parameters));
}

}  // namespace autoglm
