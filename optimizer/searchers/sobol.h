// Quasi-random search: a scrambled Sobol sequence covers the space more evenly than independent
// draws do.
#pragma once

#include <cstdint>
#include <memory>

#include "optimizer/searcher.h"
#include "search_space/search_space.h"

namespace autoglm {

/// `space` must outlive the searcher.
std::unique_ptr<Searcher> make_sobol_searcher(const SearchSpace& space, std::uint64_t seed);

}  // namespace autoglm
