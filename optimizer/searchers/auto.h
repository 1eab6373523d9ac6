// Which searcher a study gets when its user names none.
#pragma once

#include <string>

#include "optimizer/searchers/catalog.h"

namespace autoglm {

struct AutoChoice {
  std::string name{};
  std::string reason{};  // one sentence
};

/// Rules, the first that applies:
/// 1. grid, where the budget holds every configuration of a finite space;
/// 2. sobol, above 20,000 trials or 200 at a time, where a model costs more than it tells;
/// 3. gp.
AutoChoice choose_searcher(const SearchSpace& space, const SearcherContext& context);

}  // namespace autoglm
