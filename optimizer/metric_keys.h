// The keys of a metric in a spec.
#pragma once

#include <string>
#include <vector>

#include "search_space/spec_key.h"

namespace autoglm {

/// Why no metric can be called this; empty: one can.
std::string problem_with_metric_name(const std::string& name);

/// What parse_objective reads of each metric.
std::vector<SpecKey> metric_keys();

}  // namespace autoglm
