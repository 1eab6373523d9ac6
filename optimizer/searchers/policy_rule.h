// The two ways in which policy_gradient learns from trials, behind one face.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "optimizer/models/policy_process.h"
#include "optimizer/models/policy_reinforce.h"
#include "optimizer/searchers/policy_reward.h"
#include "search_space/random.h"

namespace autoglm {

/// What a policy knows when it decides, besides the branch.
struct PolicyState {
  double progress = 0;           // of the budget, in [0, 1]
  double advantage = 0;          // running mean
  double gradient_variance = 0;  // as trials report it, running mean; 0: none did
  double device_use = 0;         // likewise, in [0, 1]

  /// How much of `first` exploration is left.
  double epsilon(double first) const { return first * (1 - progress); }
};

/// What became of an episode.
struct PolicyOutcome {
  RewardTerms reward{};           // among the trials that had finished by then
  std::vector<double> returns{};  // G_t by step
  double baseline = 0;
  double advantage = 0;  // of the whole episode: the return of its first step above the baseline
};

class PolicyRule {
 public:
  virtual ~PolicyRule() = default;
  virtual std::unique_ptr<PolicyRule> clone() const = 0;

  /// A position for each head, [heads]. `widening` >= 1: more exploration, for when what the policy
  /// would do is done.
  virtual std::vector<double> draw(const PolicyState& state, double widening, Rng& rng) const = 0;

  /// The next trial of `ledger`, its last one, was the episode that was decided in `state`.
  virtual PolicyOutcome learn(const Episode& episode, const PolicyState& state,
                              const RewardLedger& ledger) = 0;

  /// A batch that was only imagined, the best first. False, and nothing learnt, when the policy has
  /// moved as far as it may from `anchor`, the same rule before the first batch, if it has a limit.
  virtual bool imagine(const std::vector<const Episode*>& episodes, const PolicyState& state,
                       const PolicyRule& anchor) = 0;

  /// The share of decisions, or of whole episodes, that are drawn uniformly.
  virtual double uniform_share(const PolicyState& state) const = 0;
  /// The logarithm of the probability (of numbers the density) with which a step is drawn, uniform
  /// draws included and whatever the other steps are, relative to the uniform distribution.
  virtual double log_preference(const PolicyStep& step, const PolicyState& state) const = 0;
  /// The same of all steps together, as if each were drawn by itself.
  virtual double log_preference(const Episode& episode, const PolicyState& state) const = 0;
  /// For people: the probabilities of the choices of a head, uniform draws included; or mean and
  /// deviation of a number, without them.
  virtual std::vector<double> distribution(std::size_t head, const PolicyState& state) const = 0;
};

/// `process` must outlive it.
std::unique_ptr<PolicyRule> make_natural_rule(const PolicyProcess& process, double epsilon);
std::unique_ptr<PolicyRule> make_reinforce_rule(const PolicyProcess& process, double epsilon,
                                                const ReinforceOptions& options);

}  // namespace autoglm
