// Reads `metric` and `metrics` of a spec.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "optimizer/metric_keys.h"
#include "optimizer/objective.h"

namespace autoglm {
namespace {

constexpr SpecKey kName{.name = "name",
                        .schema = R"({"type": "string", "minLength": 1, "not": {"const": "step"}})",
                        .required = true};
constexpr SpecKey kGoal{.name = "goal",
                        .schema = R"({"enum": ["minimize", "maximize"]})",
                        .aliases = {"direction", "mode"},
                        .required = true};
constexpr SpecKey kTarget{.name = "target", .schema = kNumberSchema};
constexpr SpecKey kValue{.name = "value", .schema = kTextSchema};
constexpr SpecKey kReduce{
    .name = "reduce",
    .schema = R"({"type": "string", "pattern": "^(last|min|max|mean_last_[1-9][0-9]*)$"})"};

constexpr std::string_view kMeanLast = "mean_last_";
constexpr int kMostMeanOf = 1'000'000;

Goal parse_goal(const SpecNode& node) {
  const std::string& text = node.as_string();
  if (text == "minimize") {
    return Goal::minimize;
  }
  if (text != "maximize") {
    node.fail(fmt::format("must be \"minimize\" or \"maximize\", not {}", json_quoted(text)));
  }
  return Goal::maximize;
}

void parse_reduce(const SpecNode& node, Metric& metric) {
  const std::string& text = node.as_string();
  if (text == "last" || text == "min" || text == "max") {
    metric.reduce = text == "last" ? Reduce::last : text == "min" ? Reduce::min : Reduce::max;
    return;
  }
  metric.reduce = Reduce::mean_last;
  const char* const end = text.data() + text.size();
  if (text.starts_with(kMeanLast)) {
    const auto [rest, error] = std::from_chars(text.data() + kMeanLast.size(), end, metric.mean_of);
    if (error == std::errc{} && rest == end && metric.mean_of >= 1 &&
        metric.mean_of <= kMostMeanOf) {
      return;
    }
  }
  node.fail(
      fmt::format("must be \"last\", \"min\", \"max\" or \"mean_last_N\" (such as "
                  "\"mean_last_5\"), not {}",
                  json_quoted(text)));
}

Expression parse_value(const SpecNode& node) {
  try {
    Expression expression = Expression::parse(node.as_string(), Dialect::arithmetic);
    if (expression.is_logical()) {
      node.fail("must be a number, not a condition");
    }
    return expression;
  } catch (const ExpressionError& error) {
    node.fail_within(error.offset, error.what());
  }
}

Metric parse_metric(const SpecNode& node) {
  ObjectReader reader(node, "the metric");
  Metric metric;
  const SpecNode& name = require(reader, kName);
  metric.name = name.as_string();
  if (const std::string problem = problem_with_metric_name(metric.name); !problem.empty()) {
    name.fail(problem);
  }
  metric.goal = parse_goal(require(reader, kGoal));
  if (const SpecNode* target = find(reader, kTarget)) {
    metric.target = target->as_number();
  }
  if (const SpecNode* value = find(reader, kValue)) {
    metric.value = parse_value(*value);
  }
  if (const SpecNode* reduce = find(reader, kReduce)) {
    parse_reduce(*reduce, metric);
  }
  reader.finish();
  return metric;
}

/// Expressions are over what programs report, so they cannot name what is itself computed.
void check_computed_names(const std::vector<const SpecNode*>& nodes,
                          const std::vector<Metric>& metrics) {
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (!metrics[i].value) {
      continue;
    }
    for (const Metric& other : metrics) {
      const std::vector<std::string>& names = metrics[i].value->names();
      if (other.value && std::find(names.begin(), names.end(), other.name) != names.end()) {
        nodes[i]->member("value")->fail(
            fmt::format("{} is computed itself; give the metric another name than those that the "
                        "program reports",
                        json_quoted(other.name)));
      }
    }
  }
}

}  // namespace

std::string problem_with_metric_name(const std::string& name) {
  if (name.empty()) {
    return "a metric needs a name";
  }
  return name == "step" ? "in what a trial reports, step is the step; give the metric another name"
                        : "";
}

std::vector<SpecKey> metric_keys() { return {kName, kGoal, kTarget, kValue, kReduce}; }

Objective parse_objective(const SpecNode& node) {
  std::vector<const SpecNode*> nodes{&node};
  if (node.is(SpecNode::Kind::array)) {
    nodes.clear();
    for (const auto& element : node.as_array()) {
      nodes.push_back(element.get());
    }
    if (nodes.empty()) {
      node.fail("needs at least one metric");
    }
  }
  std::vector<Metric> metrics;
  for (const SpecNode* const one : nodes) {
    Metric metric = parse_metric(*one);
    if (std::any_of(metrics.begin(), metrics.end(),
                    [&metric](const Metric& other) { return other.name == metric.name; })) {
      one->member("name")->fail(fmt::format("there is already a metric {}; each needs its own name",
                                            json_quoted(metric.name)));
    }
    metrics.push_back(std::move(metric));
  }
  check_computed_names(nodes, metrics);
  return Objective(std::move(metrics));
}

}  // namespace autoglm
