// Grid search: every combination of values, in lexicographic order.
#pragma once

#include <cstdint>
#include <memory>

#include "optimizer/searcher.h"
#include "optimizer/searchers/share.h"
#include "search_space/search_space.h"

namespace autoglm {

struct GridOptions {
  std::int64_t points = 10;  // of each continuous parameter, both bounds among them; 2 to 1000
  Share share{};             // of the points: those of this one alone
};

/// `space` must outlive the searcher.
std::unique_ptr<Searcher> make_grid_searcher(const SearchSpace& space, const GridOptions& options);

}  // namespace autoglm
