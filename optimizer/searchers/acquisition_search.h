// Where an acquisition function is greatest, over configurations of every kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "optimizer/models/acquisition.h"
#include "optimizer/models/gaussian_regression.h"
#include "optimizer/searchers/duration_model.h"
#include "optimizer/searchers/refusal_model.h"
#include "optimizer/searchers/unvisited.h"
#include "search_space/encoding.h"
#include "search_space/random.h"

namespace autoglm {

struct AcquisitionOptimum {
  Configuration configuration{};
  double value = 0;
  double mean = 0;
  double deviation = 0;
};

/// What the search asks, and starts from. All are borrowed.
struct AcquisitionProblem {
  const GaussianRegression& model;
  const Acquisition& acquisition;
  const Encoding& encoding;
  const std::vector<Configuration>& good;  // to look near, best first; may be empty
  const RefusalModel* refusals = nullptr;  // adds the logarithm of the probability of a cost
  const DurationModel* durations = nullptr;
  double duration_weight = 0;  // >= 0; takes so many times the logarithm of a duration away
};

/// The best open configuration found: all of `listed`, when that is not empty (a small space);
/// otherwise candidates from anywhere and near good ones, the best of which are refined by turns of
/// gradient steps (numbers) and single exchanges (choices, integers). Nothing when no candidate is
/// open.
std::optional<AcquisitionOptimum> maximize_acquisition(const AcquisitionProblem& problem,
                                                       const Request& request,
                                                       const std::vector<Configuration>& listed,
                                                       Rng& rng);

/// The best open configuration among `proposed` and what the best `starts` of them are refined to,
/// in the same way. Nothing when none of them is open.
std::optional<AcquisitionOptimum> refine_proposals(const AcquisitionProblem& problem,
                                                   const Request& request,
                                                   std::vector<Configuration> proposed,
                                                   std::size_t starts, Rng& rng);

/// The mixture: log expected improvement on `best`; unless it is early, when optimism costs more
/// than it tells, by lot the confidence bound of `kappa` as often. Improvement alone locks a search
/// into the first basin, and trials that are under way together into one.
Acquisition draw_acquisition(double best, double kappa, bool early, Rng& rng);

}  // namespace autoglm
