#include "search_space/parse_type.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "search_space/utf8.h"

namespace autoglm {
namespace {

// As ParameterType numbers them.
constexpr std::array<std::string_view, 7> kTypes = {
    "uniform", "log_uniform", "int", "log_int", "categorical", "ordinal", "constant"};

// What other tools call types.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kTypesElsewhere = {
    {{"log_uniform_values", "log_uniform"},
     {"loguniform", "log_uniform"},
     {"q_log_uniform", "log_int"},
     {"q_log_uniform_values", "log_int"},
     {"q_uniform", "uniform"},
     {"float", "uniform"},
     {"double", "uniform"},
     {"real", "uniform"},
     {"integer", "int"},
     {"int_uniform", "int"},
     {"choice", "categorical"},
     {"choices", "categorical"},
     {"enum", "categorical"},
     {"fixed", "constant"},
     {"value", "constant"}}};

std::string quoted(std::string_view text) { return shown(json_quoted(text)); }

// Our type of that name, or what is probably meant by it; empty when nothing is.
std::string type_meant(const std::string& name) {
  for (const auto& [theirs, ours] : kTypesElsewhere) {
    if (name == theirs) {
      return std::string(ours);
    }
  }
  return did_you_mean(name, {kTypes.begin(), kTypes.end()}).value_or("");
}

ParameterType type_called(const SpecNode& node) {
  const auto* const found = std::find(kTypes.begin(), kTypes.end(), node.as_string());
  if (found != kTypes.end()) {
    return static_cast<ParameterType>(found - kTypes.begin());
  }
  const std::string meant = type_meant(node.string);
  node.fail("no type of parameter is called " + quoted(node.string) +
            (meant.empty() ? "; there are uniform, log_uniform, int, log_int, categorical, ordinal "
                             "and constant"
                           : "; did you mean " + quoted(meant) + "?"));
}

// Sweeps of W&B have the same outer shape, but their log_uniform takes exponents.
void refuse_distribution(const SpecNode& node) {
  for (const SpecMember& member : node.members) {
    if (member.key != "distribution") {
      continue;
    }
    const std::string& theirs = member.value->string;
    const std::string ours = type_meant(theirs);
    std::string message = "\"distribution\" is W&B's word for \"type\"";
    if (theirs == "log_uniform" || theirs == "q_log_uniform") {
      message += ", and its " + theirs +
                 " takes exponents as bounds; write \"type\": " + quoted(ours) +
                 " and as bounds the values themselves";
    } else {
      message += ours.empty() ? "; use that" : "; write \"type\": " + quoted(ours);
    }
    throw SpecError(member.key_place, message);
  }
}

[[noreturn]] void fail_without_type(const SpecNode& node) {
  std::string likely = "uniform";
  if (node.member("choices") != nullptr || node.member("values") != nullptr) {
    likely = "categorical";
  } else if (node.member("value") != nullptr) {
    likely = "constant";
  } else if (const SpecNode* min = node.member("min");
             min != nullptr && min->is(SpecNode::Kind::integer)) {
    likely = "int";
  }
  ObjectReader(node, "a parameter")
      .fail_missing("type", {},
                    "every parameter needs \"type\"; add it, here probably " + quoted(likely));
}

}  // namespace

std::string_view type_name(ParameterType type) { return kTypes[static_cast<std::size_t>(type)]; }

ParameterType parse_type(const SpecNode& parameter) {
  refuse_distribution(parameter);
  const SpecNode* const node = parameter.member("type");
  if (node == nullptr) {
    fail_without_type(parameter);
  }
  return type_called(*node);
}

}  // namespace autoglm
