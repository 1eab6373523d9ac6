// A policy that is learnt by likelihood ratios: REINFORCE (Williams, "Simple statistical
// gradient-following algorithms for connectionist reinforcement learning", 1992).
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "optimizer/models/policy_density.h"
#include "optimizer/models/policy_process.h"
#include "search_space/random.h"

namespace autoglm {

struct ReinforceOptions {
  double alpha = 0.2;     // learning rate, > 0
  double gamma = 1;       // discount from step to step, in [0, 1]
  double entropy = 0.01;  // weight of the entropy bonus, >= 0
  double baseline = 0.9;  // what of the running baseline an episode leaves, in [0, 1)
};

/// What a policy decides by, besides the branch.
struct ReinforceState {
  Eigen::VectorXd features{};  // [features], the first is 1
  double epsilon = 0;          // share of decisions that are uniform, in [0, 1): epsilon-greedy
};

/// Heads are linear in the features of the state: the logits of a softmax for choices; for numbers
/// the logit of the mean and the logarithm of the deviation (above a floor) of a normal
/// distribution cut to [0, 1]. The policy pi(a | s) is the head's distribution mixed with epsilon
/// of the uniform one.
class ReinforcePolicy {
 public:
  /// Uniform choices, numbers around the middle. `process` must outlive it.
  ReinforcePolicy(const PolicyProcess& process, Eigen::Index features);

  /// A position for the head: its probability is that of the policy.
  double draw(std::size_t head, const ReinforceState& state, Rng& rng) const;

  /// Relative to the uniform distribution: 0 where the policy prefers nothing.
  double log_probability(const PolicyStep& step, const ReinforceState& state) const;
  /// Its gradient by theta of the step's head, [outputs, features].
  Eigen::MatrixXd score(const PolicyStep& step, const ReinforceState& state) const;

  /// Of the choices of a categorical head, with epsilon; of a numeric one, without.
  Eigen::VectorXd probabilities(std::size_t head, const ReinforceState& state) const;
  CutNormal normal(std::size_t head, const ReinforceState& state) const;

  const Eigen::MatrixXd& theta(std::size_t head) const { return theta_[head]; }
  Eigen::MatrixXd& theta(std::size_t head) { return theta_[head]; }
  /// What an episode is compared with that begins with the return `first`: the running mean, or
  /// itself where it is the first one.
  double baseline(double first) const { return begun_ ? baseline_ : first; }

  /// Of an episode that ended with `reward`, for each step: G_t = sum_k gamma^k r_{t+k}. The last
  /// step earns the reward, and each what the policy's entropy is worth, a sample of which is
  /// -log pi (Williams and Peng, "Function optimization using connectionist reinforcement learning
  /// algorithms", 1991).
  std::vector<double> returns(const Episode& episode, const ReinforceState& state, double reward,
                              const ReinforceOptions& options) const;

  /// theta <- theta + alpha sum_t grad log pi(a_t | s_t) (G_t - b), then b follows G_0. The first
  /// episode is its own baseline.
  void learn(const Episode& episode, const ReinforceState& state, double reward,
             const ReinforceOptions& options);

  /// theta <- theta + alpha sum_i sum_t grad log pi(a_t | s_t) G_t over a batch of episodes, all by
  /// the policy of before. For rewards [episodes] around 0: the baseline is 0, and stays as it is.
  void learn_batch(const std::vector<const Episode*>& episodes, const ReinforceState& state,
                   const std::vector<double>& rewards, const ReinforceOptions& options);

 private:
  // Of the head alone: the logarithm of its density, and the derivatives by its outputs.
  double head_density(const PolicyStep& step, const ReinforceState& state,
                      Eigen::VectorXd* by_outputs) const;

  const PolicyProcess* process_;
  std::vector<Eigen::MatrixXd> theta_{};  // [heads]: [outputs, features]
  double baseline_ = 0;
  bool begun_ = false;
};

}  // namespace autoglm
