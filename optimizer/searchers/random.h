// Random search: each parameter from its own prior, independently of the past (Bergstra and Bengio,
// "Random search for hyper-parameter optimization", 2012).
#pragma once

#include <cstdint>
#include <memory>

#include "optimizer/searcher.h"

namespace autoglm {

std::unique_ptr<Searcher> make_random_searcher(std::uint64_t seed);

}  // namespace autoglm
