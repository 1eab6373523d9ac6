// The policy that a history has taught: each finished trial is learnt from once, in the order in
// which they finished.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "optimizer/history.h"
#include "optimizer/searchers/evidence.h"
#include "optimizer/searchers/policy_options.h"
#include "optimizer/searchers/policy_rule.h"

namespace autoglm {

class PolicyLearner {
 public:
  /// `process` must outlive it.
  PolicyLearner(const PolicyProcess& process, const PolicyGradientOptions& options);
  ~PolicyLearner();

  /// Catches up with the evidence of `history`. What it has learnt then is a function of the two
  /// alone: where they do not go on from what was learnt before, it begins anew.
  void follow(const Evidence& evidence, const History& history);

  const PolicyRule& policy() const { return *policy_; }
  std::size_t trials() const { return learnt_.size(); }

  /// In which trial `number`, asked for now, is decided.
  PolicyState state_for(std::int64_t number) const;

  /// What became of a trial that was learnt from; nullptr: it was not.
  const PolicyOutcome* outcome_of(std::int64_t number) const;

  /// The return of a finished trial, compared with all that finished, also later ones.
  std::optional<double> return_of(std::int64_t number) const;

 private:
  struct Learnt {
    std::int64_t trial = 0;
    double cost = 0;
    std::int64_t finished = 0;  // the event
    PolicyState after{};        // progress apart
    PolicyOutcome outcome{};
  };

  void learn(const Trial& trial, double cost);
  PolicyState state_at(const Trial& trial) const;
  double progress_at(std::int64_t number) const;

  const PolicyProcess& process_;
  PolicyGradientOptions options_;
  std::unique_ptr<PolicyRule> policy_;
  std::optional<RewardLedger> ledger_{};
  std::optional<std::int64_t> max_trials_{};
  std::vector<Learnt> learnt_{};
};

}  // namespace autoglm
