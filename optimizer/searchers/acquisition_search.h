// Where an acquisition function is greatest, over configurations of every kind.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "optimizer/models/acquisition.h"
#include "optimizer/models/gaussian_regression.h"
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
  const std::vector<Configuration>& good;  // to look near, best first
  const RefusalModel* refusals = nullptr;  // adds the logarithm of the probability of a cost
};

/// The best open configuration found: all of `listed`, when that is not empty (a small space);
/// otherwise candidates from anywhere and near good ones, the best of which are refined by turns of
/// gradient steps (numbers) and single exchanges (choices, integers). Nothing when no candidate is
/// open.
std::optional<AcquisitionOptimum> maximize_acquisition(const AcquisitionProblem& problem,
                                                       const Request& request,
                                                       const std::vector<Configuration>& listed,
                                                       Rng& rng);

}  // namespace autoglm
