// A policy that follows the natural gradient of the expected utility of its episodes (information
// geometric optimization: Ollivier et al., JMLR 18, 2017): a joint normal distribution for all
// numbers, a table of probabilities for each choice, as in CatCMA (Hamano et al.,
// arXiv:2405.09962).
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "optimizer/models/policy_gaussian.h"
#include "optimizer/models/policy_process.h"
#include "search_space/random.h"

namespace autoglm {

/// What keeps a policy from settling too early.
struct PolicyFloors {
  double deviation = 0;  // of the normal distribution in any direction, in units of the ranges
  // The least that each of a table's n choices is raised to is probability / n; then all are
  // divided by their sum, which leaves it at least probability / (n + (n - 1) probability).
  double probability = 0;
};

/// An episode to learn from, and what of its utility still counts.
struct PolicyLesson {
  const Episode* episode = nullptr;
  double rank = 0;      // from 0 for the best; equal ones share the mean of theirs
  double discount = 1;  // in (0, 1]
};

class NaturalPolicy {
 public:
  /// Deviations of `deviation`, all choices equally likely. `process` must outlive it.
  NaturalPolicy(const PolicyProcess& process, double deviation);

  /// A position for each head, [heads]: where play() goes if it asks for it. `widening` >= 1: more
  /// exploration, for when what the policy would do is done.
  std::vector<double> draw(Rng& rng, double widening = 1) const;

  /// One step along the natural gradient, estimated from at least two episodes, not all of one
  /// rank; the policy's divergence from the one before stays below `divergence`.
  void learn(const std::vector<PolicyLesson>& lessons, const PolicyFloors& floors,
             double divergence);

  /// Of the choices of a categorical head.
  const Eigen::VectorXd& probabilities(std::size_t head) const { return tables_[head]; }
  /// Of a numeric head, in units of its range.
  double mean(std::size_t head) const { return gaussian_.mean()[coordinates_[head]]; }
  /// Of draws.
  double deviation(std::size_t head) const;

  /// The logarithm of the probability of a step (of a continuous number the density), relative to
  /// the uniform distribution.
  double log_preference(const PolicyStep& step) const;

  /// The Kullback-Leibler divergence of this policy from `other`.
  double divergence_from(const NaturalPolicy& other) const;

 private:
  void learn_choices(const std::vector<PolicyLesson>& lessons, double floor);
  /// The least deviation of draws, so that they leave the cell of the mean often enough.
  double margin(std::size_t head) const;
  void retreat_to(const NaturalPolicy& before);

  const PolicyProcess* process_;
  std::vector<Eigen::Index> coordinates_{};  // [heads], into the normal distribution; -1: a table
  PolicyGaussian gaussian_;
  std::vector<Eigen::VectorXd> tables_{};  // [heads], empty for numbers
};

}  // namespace autoglm
