#include "cli/wandb_distribution.h"

#include <fmt/format.h>

#include <cmath>

#include "cli/wandb_members.h"

namespace autoglm {
namespace {

/// One parameter, and where what is lost of it is noted.
struct SweepParameter {
  const std::string& name;
  const SpecNode& node;
  std::vector<std::string>& notes;

  void note(const std::string& text) const {
    notes.push_back(fmt::format("parameter {}: {}", json_quoted(name), text));
  }
  double number(const char* key, double otherwise) const {
    return number_member(node, key, otherwise);
  }
};

Domain listed(const SweepParameter& parameter) {
  Choice choice;
  if (const SpecNode* const value = parameter.node.member("value")) {
    choice.choices.push_back(value->as_value());
    return choice;
  }
  const SpecNode* const values = parameter.node.member("values");
  if (values == nullptr) {
    parameter.node.fail("has neither values nor bounds");
  }
  for (const auto& element : values->as_array()) {
    choice.choices.push_back(element->as_value());
  }
  if (parameter.node.member("probabilities") != nullptr) {
    parameter.note("probabilities of its values");
  }
  return choice;
}

FloatRange range_of(const SweepParameter& parameter) {
  return {.min = parameter.number("min", 0), .max = parameter.number("max", 1)};
}

bool has_integer_bounds(const SpecNode& node) {
  const SpecNode* const min = node.member("min");
  const SpecNode* const max = node.member("max");
  return min != nullptr && max != nullptr && min->is(SpecNode::Kind::integer) &&
         max->is(SpecNode::Kind::integer);
}

bool is_whole(double number) {
  constexpr double kExact = 0x1p53;
  return number == std::floor(number) && std::abs(number) <= kExact;
}

std::int64_t whole(double number) { return static_cast<std::int64_t>(std::floor(number)); }

/// Values with a whole step are integers.
Domain with_step(const FloatRange& range, double q) {
  if (is_whole(q) && is_whole(range.min) && is_whole(std::floor(range.max))) {
    return IntRange{.min = whole(range.min), .max = whole(range.max), .step = whole(q)};
  }
  FloatRange stepped = range;
  stepped.step = q;
  return stepped;
}

/// W&B rounds to multiples of q; steps here count from min.
Domain stepped_range(const SweepParameter& parameter) {
  const FloatRange range = range_of(parameter);
  const double q = parameter.number("q", 1);
  constexpr double kRounding = 1e-9;  // of 0.3 / 0.1
  if (std::abs(std::remainder(range.min / q, 1)) > kRounding) {
    parameter.note(
        fmt::format("q_uniform has the multiples of {}; here steps count from {}", q, range.min));
  }
  return with_step(range, q);
}

/// log_uniform and q_log_uniform have exponents of e as bounds, inv_log_uniform those of 1/X; what
/// ends in _values has the values of X themselves. As log(1/X) is -log(X), both are uniform.
FloatRange log_bounds(const SweepParameter& parameter, const std::string& distribution) {
  FloatRange range = range_of(parameter);
  if (!distribution.ends_with("_values")) {
    const bool inverse = distribution.starts_with("inv_");
    range = {.min = std::exp(inverse ? -range.max : range.min),
             .max = std::exp(inverse ? -range.min : range.max)};
  }
  range.log = true;
  return range;
}

Domain log_range(const SweepParameter& parameter, const std::string& distribution) {
  const FloatRange range = log_bounds(parameter, distribution);
  if (!distribution.starts_with("q_")) {
    return range;
  }
  const double q = parameter.number("q", 1);
  const bool is_integer =
      is_whole(q) && is_whole(range.min) && range.min >= 1 && is_whole(std::floor(range.max));
  if (!is_integer || q != 1) {
    parameter.note(fmt::format("the step {} of a log range", q));
  }
  return is_integer
             ? Domain(IntRange{.min = whole(range.min), .max = whole(range.max), .log = true})
             : Domain(range);
}

/// normal, log_normal and their stepped forms.
Domain bell(const SweepParameter& parameter, const std::string& distribution) {
  const bool log = distribution.find("log_") != std::string::npos;
  const double mu = parameter.number("mu", 0);
  const double spread = 3 * parameter.number("sigma", 1);
  parameter.note(fmt::format("{} is {} within three sigma here{}", distribution,
                             log ? "log_uniform" : "uniform",
                             distribution.starts_with("q_")
                                 ? fmt::format(", without its step {}", parameter.number("q", 1))
                                 : ""));
  return log ? FloatRange{.min = std::exp(mu - spread), .max = std::exp(mu + spread), .log = true}
             : FloatRange{.min = mu - spread, .max = mu + spread};
}

std::string distribution_of(const SpecNode& node) {
  std::string distribution = text_member(node, "distribution");
  if (distribution.empty() && node.member("min") != nullptr) {
    return has_integer_bounds(node) ? "int_uniform" : "uniform";
  }
  return distribution;
}

}  // namespace

std::optional<Domain> domain_of_sweep(const std::string& name, const SpecNode& node,
                                      std::vector<std::string>& notes) {
  const SweepParameter parameter{name, node, notes};
  const std::string distribution = distribution_of(node);
  if (distribution.empty() || distribution == "constant" || distribution == "categorical" ||
      distribution == "categorical_w_probabilities") {
    return listed(parameter);
  }
  if (distribution == "int_uniform") {
    return with_step(range_of(parameter), 1);
  }
  if (distribution == "uniform") {
    return range_of(parameter);
  }
  if (distribution == "q_uniform") {
    return stepped_range(parameter);
  }
  if (distribution.find("log_uniform") != std::string::npos) {
    return log_range(parameter, distribution);
  }
  if (distribution.ends_with("normal")) {
    return bell(parameter, distribution);
  }
  parameter.note(
      fmt::format("the distribution {}; the parameter is left out", json_quoted(distribution)));
  return std::nullopt;
}

}  // namespace autoglm
