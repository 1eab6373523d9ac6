#include <algorithm>
#include <cmath>
#include <vector>

#include "optimizer/models/policy_reinforce.h"
#include "optimizer/searchers/policy_rule.h"
#include "search_space/portable_math.h"

namespace autoglm {

namespace {

class ReinforceRule final : public PolicyRule {
 public:
  ReinforceRule(const PolicyProcess& process, double epsilon, const ReinforceOptions& options)
      : process_(process), epsilon_(epsilon), options_(options), policy_(process, kFeatures) {}

  std::unique_ptr<PolicyRule> clone() const override {
    return std::make_unique<ReinforceRule>(*this);
  }

  std::vector<double> draw(const PolicyState& state, double widening, Rng& rng) const override {
    ReinforceState wide = seen(state);
    wide.epsilon = 1 - (1 - wide.epsilon) / widening;
    std::vector<double> positions(process_.heads().size());
    for (std::size_t head = 0; head < positions.size(); ++head) {
      positions[head] = policy_.draw(head, wide, rng);
    }
    return positions;
  }

  PolicyOutcome learn(const Episode& episode, const PolicyState& state,
                      const RewardLedger& ledger) override {
    PolicyOutcome outcome{.reward = ledger.terms(ledger.size() - 1)};
    const double reward = outcome.reward.total();
    const ReinforceState at = seen(state);
    outcome.returns = policy_.returns(episode, at, reward, options_);
    const double first = outcome.returns.empty() ? 0 : outcome.returns.front();
    outcome.baseline = policy_.baseline(first);
    outcome.advantage = first - outcome.baseline;
    policy_.learn(episode, at, reward, options_);
    return outcome;
  }

  // Rewards are ranks, from 1 for the best to -1. It goes as far as its learning rate takes it.
  bool imagine(const std::vector<const Episode*>& episodes, const PolicyState& state,
               const PolicyRule& /*anchor*/) override {
    ReinforceOptions options = options_;
    options.alpha /= std::sqrt(static_cast<double>(episodes.size()));
    const double worst = std::max(static_cast<double>(episodes.size()) - 1, 1.0);
    std::vector<double> rewards(episodes.size());
    for (std::size_t i = 0; i < episodes.size(); ++i) {
      rewards[i] = 1 - 2 * static_cast<double>(i) / worst;
    }
    policy_.learn_batch(episodes, seen(state), rewards, options);
    return true;
  }

  double uniform_share(const PolicyState& state) const override { return state.epsilon(epsilon_); }

  double log_preference(const PolicyStep& step, const PolicyState& state) const override {
    return policy_.log_probability(step, seen(state));
  }

  double log_preference(const Episode& episode, const PolicyState& state) const override {
    double sum = 0;  // each decision is drawn by itself
    for (const PolicyStep& step : episode) {
      sum += log_preference(step, state);
    }
    return sum;
  }

  std::vector<double> distribution(std::size_t head, const PolicyState& state) const override {
    const ReinforceState at = seen(state);
    if (process_.heads()[head].choices == 0) {
      const CutNormal normal = policy_.normal(head, at);
      return {normal.mean, normal.deviation};
    }
    const Eigen::VectorXd table = policy_.probabilities(head, at);
    return {table.begin(), table.end()};
  }

 private:
  static constexpr Eigen::Index kFeatures = 5;

  // Features of the order of one, 0 where there is nothing to tell.
  ReinforceState seen(const PolicyState& state) const {
    ReinforceState at{.features = Eigen::VectorXd(kFeatures), .epsilon = state.epsilon(epsilon_)};
    at.features << 1, state.progress, portable::tanh(state.advantage),
        state.gradient_variance / (1 + state.gradient_variance), state.device_use;
    return at;
  }

  const PolicyProcess& process_;
  double epsilon_;
  ReinforceOptions options_;
  ReinforcePolicy policy_;
};

}  // namespace

std::unique_ptr<PolicyRule> make_reinforce_rule(const PolicyProcess& process, double epsilon,
                                                const ReinforceOptions& options) {
  return std::make_unique<ReinforceRule>(process, epsilon, options);
}

}  // namespace autoglm
