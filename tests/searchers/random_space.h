// Search spaces of all kinds, by number.
#pragma once

#include <cstdint>

#include "search_space/search_space.h"

namespace autoglm::testing {

enum class Size {
  small,  // finite, at most a few hundred configurations
  any
};

/// One to six parameters of any type, some with conditions on earlier ones, some with constraints;
/// at least one configuration is feasible. The same number, the same space.
SearchSpace random_space(std::uint64_t number, Size size);

}  // namespace autoglm::testing
