#include "optimizer/searchers/policy_learner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace autoglm {

namespace {

// Reported by trials that know; see docs/searchers.md.
constexpr const char* kGradientVariance = "grad_variance";
constexpr const char* kDeviceUse = "device_use";

constexpr double kFollow = 0.1;      // of running means, towards the newest trial
constexpr double kHalfTrials = 100;  // without a budget: after which half of the progress is made

std::unique_ptr<PolicyRule> rule_of(const PolicyProcess& process,
                                    const PolicyGradientOptions& options) {
  return options.rule == PolicyGradientOptions::Rule::natural
             ? make_natural_rule(process, options.epsilon)
             : make_reinforce_rule(process, options.epsilon, options.reinforce);
}

void follow_metric(double& mean, const Trial& trial, const char* name, double most) {
  const double* value = find_metric(trial.metrics, name);
  if (value != nullptr && std::isfinite(*value)) {
    mean += kFollow * (std::clamp(*value, 0.0, most) - mean);
  }
}

struct Finished {
  const Trial* trial = nullptr;
  double cost = 0;
};

// In the order in which they finished. Refused trials rank behind all others.
std::vector<Finished> finished_of(const Evidence& evidence) {
  std::vector<Finished> all;
  all.reserve(evidence.finished.size() + evidence.refused.size());
  for (std::size_t i = 0; i < evidence.finished.size(); ++i) {
    all.push_back({evidence.finished[i], evidence.costs[static_cast<Eigen::Index>(i)]});
  }
  for (const Trial* trial : evidence.refused) {
    all.push_back({trial, std::numeric_limits<double>::infinity()});
  }
  std::sort(all.begin(), all.end(), [](const Finished& a, const Finished& b) {
    return std::tie(a.trial->finished_sequence, a.trial->number) <
           std::tie(b.trial->finished_sequence, b.trial->number);
  });
  return all;
}

}  // namespace

PolicyLearner::PolicyLearner(const PolicyProcess& process, const PolicyGradientOptions& options)
    : process_(process), options_(options), policy_(rule_of(process, options)) {}

PolicyLearner::~PolicyLearner() = default;

void PolicyLearner::follow(const Evidence& evidence, const History& history) {
  const std::vector<Finished> finished = finished_of(evidence);
  const auto same = [](const Learnt& learnt, const Finished& now) {
    return learnt.trial == now.trial->number && learnt.finished == now.trial->finished_sequence &&
           learnt.cost == now.cost;
  };
  if (!ledger_ || history.max_trials() != max_trials_ || finished.size() < learnt_.size() ||
      !std::equal(learnt_.begin(), learnt_.end(), finished.begin(), same)) {
    policy_ = rule_of(process_, options_);
    ledger_.emplace(history.objective(), options_.reward);
    max_trials_ = history.max_trials();
    learnt_.clear();
  }
  learnt_.reserve(finished.size());
  for (std::size_t i = learnt_.size(); i < finished.size(); ++i) {
    learn(*finished[i].trial, finished[i].cost);
  }
}

void PolicyLearner::learn(const Trial& trial, double cost) {
  const PolicyState state = state_at(trial);
  ledger_->add(trial, cost);
  Learnt learnt{.trial = trial.number,
                .cost = cost,
                .finished = trial.finished_sequence,
                .after = learnt_.empty() ? PolicyState{} : learnt_.back().after};
  learnt.outcome = policy_->learn(process_.episode_of(trial.configuration), state, *ledger_);
  learnt.after.advantage += kFollow * (learnt.outcome.advantage - learnt.after.advantage);
  follow_metric(learnt.after.gradient_variance, trial, kGradientVariance, 1e300);
  follow_metric(learnt.after.device_use, trial, kDeviceUse, 1);
  learnt_.push_back(std::move(learnt));
}

// As it was when the trial was asked for.
PolicyState PolicyLearner::state_at(const Trial& trial) const {
  const auto later =
      std::upper_bound(learnt_.begin(), learnt_.end(), trial.asked_sequence,
                       [](std::int64_t asked, const Learnt& one) { return asked <= one.finished; });
  PolicyState state = later == learnt_.begin() ? PolicyState{} : std::prev(later)->after;
  state.progress = progress_at(trial.number);
  return state;
}

PolicyState PolicyLearner::state_for(std::int64_t number) const {
  PolicyState state = learnt_.empty() ? PolicyState{} : learnt_.back().after;
  state.progress = progress_at(number);
  return state;
}

double PolicyLearner::progress_at(std::int64_t number) const {
  const auto trials = static_cast<double>(number);
  if (!max_trials_ || *max_trials_ <= 0) {
    return trials / (trials + kHalfTrials);
  }
  return std::min(trials / static_cast<double>(*max_trials_), 1.0);
}

const PolicyOutcome* PolicyLearner::outcome_of(std::int64_t number) const {
  for (const Learnt& learnt : learnt_) {
    if (learnt.trial == number) {
      return &learnt.outcome;
    }
  }
  return nullptr;
}

std::optional<double> PolicyLearner::return_of(std::int64_t number) const {
  const auto found = std::find_if(learnt_.begin(), learnt_.end(),
                                  [&](const Learnt& learnt) { return learnt.trial == number; });
  if (found == learnt_.end()) {
    return std::nullopt;
  }
  return ledger_->terms(static_cast<std::size_t>(found - learnt_.begin())).total();
}

}  // namespace autoglm
