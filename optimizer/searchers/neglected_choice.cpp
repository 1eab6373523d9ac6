#include "optimizer/searchers/neglected_choice.h"

#include <numeric>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace autoglm {

namespace {

// How often each choice of the parameter was taken, in terms of its even share.
std::vector<double> shares_of(const std::string& name, const std::vector<Value>& choices,
                              const Evidence& evidence) {
  std::vector<double> shares(choices.size());
  for (const auto* trials : {&evidence.finished, &evidence.refused, &evidence.pending}) {
    for (const Trial* trial : *trials) {
      const Value* value = trial->configuration.find(name);
      for (std::size_t i = 0; value != nullptr && i < choices.size(); ++i) {
        shares[i] += same_value(choices[i], *value) ? 1 : 0;
      }
    }
  }
  const double asked = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) {
    share = asked > 0 ? share * static_cast<double>(shares.size()) / asked : 1;
  }
  return shares;
}

}  // namespace

std::optional<Configuration> with_neglected_choice(const Request& request, const Evidence& evidence,
                                                   const NeglectRule& rule, Rng& rng) {
  if (rng.uniform() >= rule.trials) {
    return std::nullopt;
  }
  double least = rule.below;
  std::vector<Configuration::Item> neglected;
  for (const Parameter& parameter : request.space().parameters()) {
    const auto* choice = std::get_if<Choice>(&parameter.domain);
    if (choice == nullptr || choice->ordered || request.fixed().contains(parameter.name)) {
      continue;
    }
    const std::vector<double> shares = shares_of(parameter.name, choice->choices, evidence);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (shares[i] < least) {
        neglected.clear();
        least = shares[i];
      }
      if (shares[i] == least && least < rule.below) {
        neglected.emplace_back(parameter.name, choice->choices[i]);
      }
    }
  }
  if (neglected.empty()) {
    return std::nullopt;
  }
  auto& [name, value] = neglected[rng.below(neglected.size())];
  Configuration fixed = request.fixed();
  fixed.set(name, std::move(value));
  return fixed;
}

}  // namespace autoglm
