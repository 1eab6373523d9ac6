// Which trials to use where trials are noisy: what a model expects of them, not what was observed.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "optimizer/planner.h"
#include "optimizer/searchers/surrogate.h"

namespace autoglm {

/// Whether the noise is more than 1 % of the variance.
bool is_noisy(const Hyperparameters& hyperparameters);

/// The n complete trials with the least expected cost. Nothing where the model finds no noise, and
/// where there is too little to model: several objectives, fewer than three complete trials.
std::optional<std::vector<Planner::Recommendation>> recommend_under_noise(SurrogateFitter& fitter,
                                                                          std::size_t n,
                                                                          const History& history);

}  // namespace autoglm
