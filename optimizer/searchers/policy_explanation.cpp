#include "optimizer/searchers/policy_explanation.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "search_space/portable_math.h"

namespace autoglm {

namespace {

using Json = nlohmann::ordered_json;

// What is no UTF-8 becomes U+FFFD.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string winner(const RewardTerms& terms) {
  std::pair<const char*, double> greatest{"rank", std::abs(terms.rank)};
  for (const auto& [name, value] :
       {std::pair("speed", terms.speed), std::pair("cost", terms.cost)}) {
    if (std::abs(value) > greatest.second) {
      greatest = {name, std::abs(value)};
    }
  }
  return greatest.first;
}

Json json_of(const PolicyOutcome& outcome) {
  return {{"rank", outcome.reward.rank},  {"speed", outcome.reward.speed},
          {"cost", outcome.reward.cost},  {"return", outcome.reward.total()},
          {"baseline", outcome.baseline}, {"advantage", outcome.advantage},
          {"won", winner(outcome.reward)}};
}

Json json_of(const PolicyState& state) {
  return {{"progress", state.progress},
          {"advantage", state.advantage},
          {"grad_variance", state.gradient_variance},
          {"device_use", state.device_use}};
}

Json settings_json(const std::string& chosen_with) {
  Json settings = Json::parse(chosen_with, nullptr, false);
  return settings.is_discarded() ? Json() : settings;
}

// The position of a number is told as its value.
Json head_json(const PolicyProcess& process, const PolicyRule& policy, const PolicyState& state,
               std::size_t head) {
  const std::vector<double> distribution = policy.distribution(head, state);
  const Domain& domain = process.parameter_of(head).domain;
  if (process.heads()[head].choices == 0) {
    return {{"mean", Json::parse(value_json(value_at(domain, distribution[0])))},
            {"deviation", distribution[1]}};
  }
  Json probabilities = Json::object();
  for (std::size_t i = 0; i < distribution.size(); ++i) {
    const Value value = nth_value(domain, i);
    const std::string name = value_text(value);  // of 1 and "1" the second is told with its quotes
    probabilities[probabilities.contains(name) ? value_json(value) : name] = distribution[i];
  }
  return {{"probabilities", std::move(probabilities)}};
}

}  // namespace

std::string reward_json(const PolicyOutcome& outcome) { return text_of(json_of(outcome)); }

std::string unconfirmed_json(const std::string& chosen_with, const std::string& problem) {
  return text_of({{"chosen_with", settings_json(chosen_with)}, {"unconfirmed", problem}});
}

std::string explanation_json(const std::string& chosen_with, const PolicyProcess& process,
                             const PolicyRule& policy, const PolicyState& state,
                             const Episode& episode, const PolicyOutcome* outcome) {
  Json steps = Json::array();
  for (std::size_t t = 0; t < episode.size(); ++t) {
    const PolicyStep& step = episode[t];
    const Parameter& parameter = process.parameter_of(step.head);
    Json one{{"parameter", parameter.name}};
    if (const std::string& branch = process.heads()[step.head].branch; !branch.empty()) {
      one["branch"] = branch;
    }
    one["value"] = Json::parse(value_json(value_at(parameter.domain, step.position())));
    one.update(head_json(process, policy, state, step.head));
    one["times_uniform"] = portable::exp(policy.log_preference(step, state));
    if (outcome != nullptr && t < outcome->returns.size()) {
      one["return"] = outcome->returns[t];
    }
    steps.push_back(std::move(one));
  }
  return text_of({{"chosen_with", settings_json(chosen_with)},
                  {"state", json_of(state)},
                  {"uniform_share", policy.uniform_share(state)},
                  {"times_uniform", portable::exp(policy.log_preference(episode, state))},
                  {"steps", std::move(steps)},
                  {"reward", outcome == nullptr ? Json() : json_of(*outcome)}});
}

}  // namespace autoglm
