// The options of policy_gradient.
#pragma once

#include <string>

#include "optimizer/models/policy_reinforce.h"
#include "optimizer/searchers/policy_reward.h"
#include "search_space/spec_document.h"

namespace autoglm {

struct PolicyGradientOptions {
  enum class Rule { natural, reinforce };
  enum class Critic { gp, none };
  enum class Proposals {
    policy,  // what the critic chooses from is drawn from the policy
    uniform  // from the space: what the policy adds shows in comparison
  };
  Rule rule = Rule::natural;
  Critic critic = Critic::gp;
  Proposals proposals = Proposals::policy;
  RewardWeights reward{};
  double epsilon = 0.05;  // share of uniform decisions at the beginning of the budget, [0, 1)
  ReinforceOptions reinforce{};  // of that rule
};

/// `section`: the searcher's object in a spec; nullptr: all defaults. Throws SpecError.
PolicyGradientOptions read_policy_gradient_options(ObjectReader* section);

/// One JSON object with every option, as read_policy_gradient_options reads it.
std::string to_json(const PolicyGradientOptions& options);

}  // namespace autoglm
