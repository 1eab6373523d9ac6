// Reinforcement learning of where to search: a policy decides parameter by parameter, each finished
// trial is an episode that it learns from, and a Gaussian process may let it practise in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "optimizer/searcher.h"
#include "optimizer/searchers/policy_options.h"
#include "search_space/search_space.h"

namespace autoglm {

struct PolicyGradientContext {
  std::uint64_t seed = 0;
  std::size_t objectives = 1;
  int revision = 0;  // of the searcher; trials of another one are not explained
};

/// `space` must outlive the searcher.
std::unique_ptr<Searcher> make_policy_gradient_searcher(const SearchSpace& space,
                                                        const PolicyGradientOptions& options,
                                                        const PolicyGradientContext& context);

}  // namespace autoglm
