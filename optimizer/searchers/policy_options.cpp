#include "optimizer/searchers/policy_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <utility>
#include <vector>

namespace autoglm {

namespace {

template <typename Kind>
using Names = std::vector<std::pair<std::string, Kind>>;

const Names<PolicyGradientOptions::Rule> kRules = {
    {"natural", PolicyGradientOptions::Rule::natural},
    {"reinforce", PolicyGradientOptions::Rule::reinforce}};
const Names<PolicyGradientOptions::Critic> kCritics = {
    {"gp", PolicyGradientOptions::Critic::gp}, {"none", PolicyGradientOptions::Critic::none}};
const Names<PolicyGradientOptions::Proposals> kProposals = {
    {"policy", PolicyGradientOptions::Proposals::policy},
    {"uniform", PolicyGradientOptions::Proposals::uniform}};

template <typename Kind>
void read_kind(ObjectReader& section, const char* key, const Names<Kind>& names, Kind& kind) {
  const SpecNode* node = section.find(key);
  if (node == nullptr) {
    return;
  }
  std::vector<std::string> known;
  known.reserve(names.size());
  for (const auto& [name, value] : names) {
    if (name == node->as_string()) {
      kind = value;
      return;
    }
    known.push_back(name);
  }
  node->fail(fmt::format("no {} is called {}; there are {}", key, json_quoted(node->as_string()),
                         fmt::join(known, ", ")));
}

template <typename Kind>
std::string name_of(const Names<Kind>& names, Kind kind) {
  for (const auto& [name, value] : names) {
    if (value == kind) {
      return json_quoted(name);
    }
  }
  return {};
}

// Where a number may lie.
struct Limits {
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  bool least_too = true;
  bool most_too = true;

  bool hold(double number) const {
    return (least_too ? number >= least : number > least) &&
           (most_too ? number <= most : number < most);
  }
  std::string text() const {
    std::string text = fmt::format("{} {}", least_too ? "at least" : "above", least);
    return most < std::numeric_limits<double>::infinity()
               ? text + fmt::format(" and {} {}", most_too ? "at most" : "below", most)
               : text;
  }
};

void read_number(ObjectReader& section, const char* key, const Limits& limits, double& number) {
  const SpecNode* node = section.find(key);
  if (node == nullptr) {
    return;
  }
  number = node->as_number();
  if (!limits.hold(number)) {
    node->fail(fmt::format("must be {}, not {}", limits.text(), number_text(number)));
  }
}

}  // namespace

PolicyGradientOptions read_policy_gradient_options(ObjectReader* section) {
  PolicyGradientOptions options;
  if (section == nullptr) {
    return options;
  }
  read_kind(*section, "rule", kRules, options.rule);
  read_kind(*section, "critic", kCritics, options.critic);
  read_kind(*section, "proposals", kProposals, options.proposals);
  if (const SpecNode* node = section->find("reward")) {
    ObjectReader reward(*node, "the reward");
    read_number(reward, "w_speed", {.most = 100}, options.reward.speed);
    read_number(reward, "w_cost", {.most = 100}, options.reward.cost);
    reward.finish();
  }
  read_number(*section, "epsilon", {.most = 1, .most_too = false}, options.epsilon);
  ReinforceOptions& reinforce = options.reinforce;
  read_number(*section, "alpha", {.most = 10, .least_too = false}, reinforce.alpha);
  read_number(*section, "gamma", {.most = 1}, reinforce.gamma);
  read_number(*section, "entropy", {.most = 10}, reinforce.entropy);
  read_number(*section, "baseline", {.most = 1, .most_too = false}, reinforce.baseline);
  return options;
}

std::string to_json(const PolicyGradientOptions& options) {
  return fmt::format(R"({{"rule": {}, "critic": {}, "proposals": {}, )"
                     R"("reward": {{"w_speed": {}, "w_cost": {}}}, "epsilon": {}, )"
                     R"("alpha": {}, "gamma": {}, "entropy": {}, "baseline": {}}})",
                     name_of(kRules, options.rule), name_of(kCritics, options.critic),
                     name_of(kProposals, options.proposals), number_text(options.reward.speed),
                     number_text(options.reward.cost), number_text(options.epsilon),
                     number_text(options.reinforce.alpha), number_text(options.reinforce.gamma),
                     number_text(options.reinforce.entropy),
                     number_text(options.reinforce.baseline));
}

}  // namespace autoglm
