// From a point of the unit cube to a configuration: how designs and sequences are read.
#pragma once

#include <vector>

#include "search_space/configuration.h"
#include "search_space/search_space.h"

namespace autoglm {

/// Each active parameter has its value of `fixed`, else the value at its coordinate. Does not judge
/// constraints.
Configuration configuration_at(const SearchSpace& space,
                               const std::vector<double>& point /* [space.size()] */,
                               const Configuration& fixed);

}  // namespace autoglm
