// Bayesian optimization with Gaussian processes: a model of the cost, of its own uncertainty, and
// the trial that promises most by it (Jones, Schonlau and Welch, "Efficient global optimization",
// 1998).
#pragma once

#include <cstdint>
#include <memory>

#include "optimizer/searcher.h"
#include "optimizer/searchers/neglected_choice.h"
#include "search_space/search_space.h"

namespace autoglm {

struct GaussianProcessOptions {
  enum class Rule {
    ei,      // log expected improvement on the best cost
    ucb,     // lower confidence bound
    mixture  // either, drawn for each trial
  };
  Rule acquisition = Rule::mixture;
  std::int64_t startup = 0;  // trials of the initial design; 0: one more than parameters, 4 to 10
  double kappa = 1.8;        // deviations of optimism of ucb; > 0
  NeglectRule neglect{};
  double duration_weight = 0;  // of log seconds against the log improvement: at 1 it is improvement
                               // a second (Snoek et al., 2012); >= 0
};

struct GaussianProcessContext {
  std::uint64_t seed = 0;
  std::size_t objectives = 1;
};

/// `space` must outlive the searcher.
std::unique_ptr<Searcher> make_gaussian_process_searcher(const SearchSpace& space,
                                                         const GaussianProcessOptions& options,
                                                         const GaussianProcessContext& context);

}  // namespace autoglm
