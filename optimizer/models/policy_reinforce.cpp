#include "optimizer/models/policy_reinforce.h"

#include <cmath>
#include <utility>

#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr double kLeastDeviation = 0.08;
constexpr double kFirstDeviation = 0.3;

Eigen::VectorXd softmax(const Eigen::VectorXd& logits) {
  const Eigen::VectorXd raised = (logits.array() - logits.maxCoeff()).unaryExpr(&portable::exp);
  return raised / raised.sum();
}

}  // namespace

ReinforcePolicy::ReinforcePolicy(const PolicyProcess& process, Eigen::Index features)
    : process_(&process) {
  theta_.reserve(process.heads().size());
  for (const PolicyHead& head : process.heads()) {
    const auto choices = static_cast<Eigen::Index>(head.choices);
    theta_.emplace_back(Eigen::MatrixXd::Zero(choices > 0 ? choices : 2, features));
    if (choices == 0) {
      theta_.back()(1, 0) = portable::log(kFirstDeviation - kLeastDeviation);
    }
  }
}

Eigen::VectorXd ReinforcePolicy::probabilities(std::size_t head,
                                               const ReinforceState& state) const {
  const Eigen::VectorXd table = softmax(theta_[head] * state.features);
  return (1 - state.epsilon) * table.array() + state.epsilon / static_cast<double>(table.size());
}

CutNormal ReinforcePolicy::normal(std::size_t head, const ReinforceState& state) const {
  const Eigen::Vector2d outputs = theta_[head] * state.features;
  return {1 / (1 + portable::exp(-outputs[0])), kLeastDeviation + portable::exp(outputs[1])};
}

double ReinforcePolicy::draw(std::size_t head, const ReinforceState& state, Rng& rng) const {
  if (process_->heads()[head].choices == 0) {
    const bool uniform = rng.uniform() < state.epsilon;
    return uniform ? rng.uniform() : autoglm::draw(normal(head, state), rng);
  }
  const Eigen::VectorXd table = probabilities(head, state);
  double rest = rng.uniform();
  Eigen::Index choice = 0;
  while (choice + 1 < table.size() && (rest -= table[choice]) >= 0) {
    ++choice;
  }
  return (static_cast<double>(choice) + 0.5) / static_cast<double>(table.size());
}

double ReinforcePolicy::head_density(const PolicyStep& step, const ReinforceState& state,
                                     Eigen::VectorXd* by_outputs) const {
  const PolicyHead& head = process_->heads()[step.head];
  if (head.choices == 0) {
    const CutNormal at = normal(step.head, state);
    const LogDensity density = log_density(at, step.from, step.to);
    *by_outputs = Eigen::Vector2d(density.by_mean * at.mean * (1 - at.mean),
                                  density.by_deviation * (at.deviation - kLeastDeviation));
    return density.value;
  }
  const Eigen::VectorXd table = softmax(theta_[step.head] * state.features);
  const auto choice = static_cast<Eigen::Index>(step.choice(head));
  *by_outputs = -table;
  (*by_outputs)[choice] += 1;
  return portable::log(table[choice] * static_cast<double>(table.size()));
}

double ReinforcePolicy::log_probability(const PolicyStep& step, const ReinforceState& state) const {
  Eigen::VectorXd by_outputs;
  const double head = head_density(step, state, &by_outputs);
  return state.epsilon > 0
             ? portable::log((1 - state.epsilon) * portable::exp(head) + state.epsilon)
             : head;
}

Eigen::MatrixXd ReinforcePolicy::score(const PolicyStep& step, const ReinforceState& state) const {
  Eigen::VectorXd by_outputs;
  const double head = head_density(step, state, &by_outputs);
  // How likely it was the head that decided.
  const double own =
      state.epsilon > 0 ? 1 / (1 + state.epsilon / (1 - state.epsilon) * portable::exp(-head)) : 1;
  return own * by_outputs * state.features.transpose();
}

std::vector<double> ReinforcePolicy::returns(const Episode& episode, const ReinforceState& state,
                                             double reward, const ReinforceOptions& options) const {
  std::vector<double> returns(episode.size());
  double following = 0;
  for (std::size_t t = episode.size(); t-- > 0;) {
    const double earned = t + 1 == episode.size() ? reward : 0;
    following =
        earned - options.entropy * log_probability(episode[t], state) + options.gamma * following;
    returns[t] = following;
  }
  return returns;
}

void ReinforcePolicy::learn(const Episode& episode, const ReinforceState& state, double reward,
                            const ReinforceOptions& options) {
  if (episode.empty()) {
    return;
  }
  const std::vector<double> gains = returns(episode, state, reward, options);
  baseline_ = baseline(gains.front());
  begun_ = true;
  std::vector<Eigen::MatrixXd> scores;
  scores.reserve(episode.size());
  for (const PolicyStep& step : episode) {
    scores.push_back(score(step, state));
  }
  for (std::size_t t = 0; t < episode.size(); ++t) {
    theta_[episode[t].head] += options.alpha * (gains[t] - baseline_) * scores[t];
  }
  baseline_ = options.baseline * baseline_ + (1 - options.baseline) * gains.front();
}

void ReinforcePolicy::learn_batch(const std::vector<const Episode*>& episodes,
                                  const ReinforceState& state, const std::vector<double>& rewards,
                                  const ReinforceOptions& options) {
  std::vector<Eigen::MatrixXd> moved = theta_;
  for (std::size_t i = 0; i < episodes.size(); ++i) {
    const Episode& episode = *episodes[i];
    const std::vector<double> gains = returns(episode, state, rewards[i], options);
    for (std::size_t t = 0; t < episode.size(); ++t) {
      moved[episode[t].head] += options.alpha * gains[t] * score(episode[t], state);
    }
  }
  theta_ = std::move(moved);
}

}  // namespace autoglm
