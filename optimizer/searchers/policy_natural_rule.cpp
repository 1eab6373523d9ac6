#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "optimizer/models/policy_natural.h"
#include "optimizer/searchers/policy_rule.h"
#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr double kFirstDeviation = 0.2;
constexpr double kBatch = 0.35;  // of the population that CMA-ES would have
constexpr std::size_t kElites = 4;
constexpr double kElitesDiscount = 0.9;  // for each batch since
constexpr double kDivergence = 2;        // of the policy after a batch from the one before
constexpr double kImaginedDivergence = 1;
constexpr double kImaginedDivergenceByHead = 0.1;

// Trials may be misleading early on, imagined ones only as far as the critic is.
PolicyFloors floors_for_trials(const PolicyState& state) {
  const double left = 1 - state.progress;
  return {.deviation = 0.15 * left * left + 0.001, .probability = 0.15 * left + 0.02};
}

PolicyFloors floors_for_practice(const PolicyState& state) {
  const double left = 1 - state.progress;
  return {.deviation = 0.05 * left * left + 0.004, .probability = 0.15 * left + 0.02};
}

// 4 + 3 ln(n) of the tutorial for CMA-ES, n decisions.
std::size_t batch_size(const PolicyProcess& process) {
  std::set<std::size_t> decided;
  for (const PolicyHead& head : process.heads()) {
    decided.insert(head.parameter);
  }
  const double population =
      4 + std::floor(3 * portable::log(std::max<double>(static_cast<double>(decided.size()), 1)));
  return std::max<std::size_t>(2, static_cast<std::size_t>(kBatch * population));
}

// The mean of the returns so far, the latest counting most.
class Baseline {
 public:
  explicit Baseline(double keep) : keep_(keep) {}
  double value() const { return value_; }
  void follow(double gain) {
    value_ = begun_ ? keep_ * value_ + (1 - keep_) * gain : gain;
    begun_ = true;
  }

 private:
  double keep_;
  double value_ = 0;
  bool begun_ = false;
};

class NaturalRule final : public PolicyRule {
 public:
  NaturalRule(const PolicyProcess& process, double epsilon)
      : epsilon_(epsilon),
        batch_(batch_size(process)),
        heads_(process.heads().size()),
        policy_(process, kFirstDeviation) {}

  std::unique_ptr<PolicyRule> clone() const override {
    return std::make_unique<NaturalRule>(*this);
  }

  std::vector<double> draw(const PolicyState& state, double widening, Rng& rng) const override {
    if (!lost_ && rng.uniform() >= state.epsilon(epsilon_)) {
      return policy_.draw(rng, widening);
    }
    std::vector<double> anywhere(heads_);
    for (double& position : anywhere) {
      position = rng.uniform();
    }
    return anywhere;
  }

  PolicyOutcome learn(const Episode& episode, const PolicyState& state,
                      const RewardLedger& ledger) override {
    pool_.push_back({.episode = episode, .index = ledger.size() - 1, .batch = batches_});
    ++waiting_;
    PolicyOutcome outcome{.reward = ledger.terms(ledger.size() - 1)};
    const double gain = outcome.reward.total();
    outcome.returns.assign(episode.size(), gain);
    outcome.baseline = baseline_.value();
    outcome.advantage = gain - outcome.baseline;
    baseline_.follow(gain);
    if (waiting_ == batch_) {
      learn_batch(state, ledger);
    }
    return outcome;
  }

  bool imagine(const std::vector<const Episode*>& episodes, const PolicyState& state,
               const PolicyRule& anchor) override {
    std::vector<PolicyLesson> lessons;
    lessons.reserve(episodes.size());
    for (const Episode* episode : episodes) {
      lessons.push_back({.episode = episode, .rank = static_cast<double>(lessons.size())});
    }
    const NaturalPolicy before = policy_;
    policy_.learn(lessons, floors_for_practice(state), kDivergence);
    lost_ = false;
    const double limit =
        kImaginedDivergence + kImaginedDivergenceByHead * static_cast<double>(heads_);
    if (policy_.divergence_from(static_cast<const NaturalRule&>(anchor).policy_) > limit) {
      policy_ = before;
      return false;
    }
    return true;
  }

  double uniform_share(const PolicyState& state) const override {
    return lost_ ? 1 : state.epsilon(epsilon_);
  }

  double log_preference(const PolicyStep& step, const PolicyState& state) const override {
    return mixed(policy_.log_preference(step), state);
  }

  double log_preference(const Episode& episode, const PolicyState& state) const override {
    double sum = 0;
    for (const PolicyStep& step : episode) {
      sum += policy_.log_preference(step);
    }
    return mixed(sum, state);
  }

  std::vector<double> distribution(std::size_t head, const PolicyState& state) const override {
    const Eigen::VectorXd& table = policy_.probabilities(head);
    if (table.size() == 0) {
      return {policy_.mean(head), policy_.deviation(head)};
    }
    const double share = uniform_share(state);
    const Eigen::VectorXd mixture =
        (1 - share) * table.array() + share / static_cast<double>(table.size());
    return {mixture.begin(), mixture.end()};
  }

 private:
  struct Remembered {
    Episode episode{};
    std::size_t index = 0;  // in the ledger
    std::size_t batch = 0;
    double gain = 0;
  };

  // A preference of the policy, mixed with uniform draws.
  double mixed(double log_preference, const PolicyState& state) const {
    const double share = uniform_share(state);
    return share > 0 ? portable::log((1 - share) * portable::exp(log_preference) + share)
                     : log_preference;
  }

  // Of the sorted pool; equal gains share the mean of their ranks.
  double rank_of(double gain) const {
    const auto [first, last] =
        std::equal_range(pool_.begin(), pool_.end(), Remembered{.gain = gain},
                         [](const auto& a, const auto& b) { return a.gain > b.gain; });
    return static_cast<double>((first - pool_.begin()) + (last - pool_.begin()) - 1) / 2;
  }

  void learn_batch(const PolicyState& state, const RewardLedger& ledger) {
    for (Remembered& one : pool_) {
      one.gain = ledger.terms(one.index).total();
    }
    std::stable_sort(pool_.begin(), pool_.end(),
                     [](const auto& a, const auto& b) { return a.gain > b.gain; });
    std::vector<PolicyLesson> lessons;
    lessons.reserve(pool_.size());
    for (const Remembered& one : pool_) {
      const auto age = static_cast<double>(batches_ - one.batch);
      lessons.push_back({.episode = &one.episode,
                         .rank = rank_of(one.gain),
                         .discount = portable::pow(kElitesDiscount, age)});
    }
    // From episodes that are all alike there is nothing to learn but to look everywhere.
    lost_ = pool_.front().gain == pool_.back().gain;
    if (!lost_) {
      policy_.learn(lessons, floors_for_trials(state), kDivergence);
    }
    pool_.resize(std::min(pool_.size(), kElites));
    waiting_ = 0;
    ++batches_;
  }

  double epsilon_;
  std::size_t batch_;
  std::size_t heads_;
  NaturalPolicy policy_;
  std::vector<Remembered> pool_{};  // the best so far, and those that wait for their batch
  std::size_t waiting_ = 0;
  std::size_t batches_ = 0;
  bool lost_ = false;  // the last batch told nothing apart
  Baseline baseline_{0.9};
};

}  // namespace

std::unique_ptr<PolicyRule> make_natural_rule(const PolicyProcess& process, double epsilon) {
  return std::make_unique<NaturalRule>(process, epsilon);
}

}  // namespace autoglm
