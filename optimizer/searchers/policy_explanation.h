// What policy_gradient says of a trial: when it ends, and when it is asked for.
#pragma once

#include <string>

#include "optimizer/history.h"
#include "optimizer/models/policy_process.h"
#include "optimizer/searchers/policy_rule.h"

namespace autoglm {

/// The attribute under which a trial's reward is stored.
inline constexpr const char* kRewardAttribute = "policy_gradient.reward";

/// One JSON object: the terms of the return, the baseline, the advantage, and which term won (the
/// one that is greatest in size).
std::string reward_json(const PolicyOutcome& outcome);

/// One JSON object: `chosen_with`, which is JSON; the state; the share of uniform draws; the
/// probability of all of `episode` relative to a uniform draw; of each step of `episode` the head's
/// distribution, the probability of the action (of a number the density) relative to a uniform
/// choice and, with an `outcome`, its return; and the outcome as in reward_json, or null.
std::string explanation_json(const std::string& chosen_with, const PolicyProcess& process,
                             const PolicyRule& policy, const PolicyState& state,
                             const Episode& episode, const PolicyOutcome* outcome);

/// One JSON object for a trial whose choice cannot be derived: `chosen_with` (null: not known), and
/// why not.
std::string unconfirmed_json(const std::string& chosen_with, const std::string& problem);

}  // namespace autoglm
