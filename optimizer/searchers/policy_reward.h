// What a trial is worth to a policy: how its metric ranks, how fast it converged, what it used.
#pragma once

#include <cstddef>
#include <vector>

#include "optimizer/objective.h"
#include "optimizer/trial.h"

namespace autoglm {

struct RewardWeights {
  double speed = 0;  // >= 0
  double cost = 0;   // >= 0
};

/// Weighted: their sum is the return.
struct RewardTerms {
  double rank = 0;   // the share of the other trials that are worse, less that of better ones
  double speed = 0;  // w_speed * convergence_speed
  double cost = 0;   // -w_cost * what the trial used, in medians
  double total() const { return rank + speed + cost; }
};

/// How early a trial had what it improved in all, in [0, 1]: the mean over its steps of the share
/// of the improvement that was reached, 1 where all of it came with the second report. 0 without an
/// improvement that reports show.
double convergence_speed(const Trial& trial, const Objective& objective);

/// The trials that finished so far, in that order, each compared with all of them. Ranks are by a
/// cost that the caller gives, so that no metric's scale and no outlier matters.
class RewardLedger {
 public:
  /// `objective` must outlive it.
  RewardLedger(const Objective& objective, const RewardWeights& weights);

  void add(const Trial& trial, double cost);
  std::size_t size() const { return entries_.size(); }

  /// Of the `index`-th trial, among those there are now. Use is the mean of duration and peak
  /// memory, each divided by its median; where a trial tells neither, 1; at most 10.
  RewardTerms terms(std::size_t index) const;

 private:
  struct Entry {
    double cost = 0;
    double speed = 0;
    double seconds = 0;  // 0: not known
    double bytes = 0;    // 0: not known
  };
  const Objective* objective_;
  RewardWeights weights_;
  std::vector<Entry> entries_{};
  // Ascending.
  std::vector<double> costs_{};
  std::vector<double> seconds_{};
  std::vector<double> bytes_{};
};

}  // namespace autoglm
