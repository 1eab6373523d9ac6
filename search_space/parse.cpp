// `parameters` and `constraints` of a spec, and configurations that a user gives.
#include <algorithm>

#include "search_space/expression_node.h"
#include "search_space/parse_condition.h"
#include "search_space/parse_domain.h"
#include "search_space/search_space.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

bool is_ignored(const SpecMember& member) { return member.key.starts_with("x-"); }

void check_name(const SpecMember& member) {
  const std::string& name = member.key;
  const auto fail = [&member](const std::string& message) {
    throw SpecError(member.key_place, message);
  };
  if (name.empty()) {
    fail("a parameter needs a name");
  }
  if (escape_controls(name) != name) {
    fail("a parameter's name must have no control characters; rename it");
  }
  if (name.find_first_of("{}") != std::string::npos) {
    fail("a parameter's name must have no braces, which mark names in commands; rename it");
  }
  if (name.starts_with("trial.") || name.starts_with("study.")) {
    fail("names that begin with \"" + name.substr(0, 6) +
         "\" are autoglm's own, as in {trial.dir}; rename the parameter");
  }
}

}  // namespace

SearchSpace parse_search_space(const SpecNode& parameters, const SpecNode* constraints,
                               std::vector<std::string>* notes) {
  std::vector<Parameter> parsed;
  std::vector<const SpecNode*> conditions;
  for (const SpecMember& member : parameters.as_object()) {
    if (is_ignored(member)) {
      continue;
    }
    check_name(member);
    const ParsedDomain domain = parse_domain(*member.value, notes);
    parsed.push_back(Parameter{.name = member.key, .domain = domain.domain});
    conditions.push_back(domain.when);
  }
  if (parsed.empty()) {
    parameters.fail(
        "there is nothing to tune; add a parameter such as "
        "\"lr\": {\"type\": \"log_uniform\", \"min\": 1e-5, \"max\": 0.1}");
  }
  parse_conditions(parsed, conditions);
  std::vector<Expression> expressions;
  if (constraints != nullptr) {
    for (const auto& node : constraints->as_array()) {
      expressions.push_back(parse_constraint(*node, parsed));
    }
  }
  return SearchSpace(std::move(parsed), std::move(expressions));
}

Configuration parse_configuration(const SpecNode& node, const SearchSpace& space) {
  Configuration given;
  for (const SpecMember& member : node.as_object()) {
    const Parameter* const parameter = space.find(member.key);
    if (parameter == nullptr) {
      if (is_ignored(member)) {
        continue;
      }
      throw SpecError(member.key_place, space.unknown_parameter(member.key));
    }
    const Value value = member.value->as_value();
    const std::optional<Value> fitted = fit_value(parameter->domain, value);
    if (!fitted) {
      member.value->fail(misfit(parameter->domain, value));
    }
    given.append(member.key, *fitted);
  }
  if (const Parameter* const inactive = space.inactive_parameter(given)) {
    const auto member =
        std::find_if(node.members.begin(), node.members.end(),
                     [inactive](const SpecMember& m) { return m.key == inactive->name; });
    throw SpecError(member->key_place, "is inactive here: " + shown(inactive->active_if->text()) +
                                           " does not hold; remove it");
  }
  if (const std::string* constraint = space.violated_constraint(given)) {
    node.fail("the constraint " + shown(*constraint) + " does not hold; change the values");
  }
  Configuration ordered;
  for (const Parameter& parameter : space.parameters()) {
    if (const Value* const value = given.find(parameter.name)) {
      ordered.append(parameter.name, *value);
    }
  }
  return ordered;
}

}  // namespace autoglm
