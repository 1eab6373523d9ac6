// The keys of a metric in a spec.
#pragma once

#include <vector>

#include "search_space/spec_key.h"

namespace autoglm {

/// What parse_objective reads of each metric.
std::vector<SpecKey> metric_keys();

}  // namespace autoglm
