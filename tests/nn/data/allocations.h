// Counts what the program asks `new` for.
#pragma once

#include <cstdint>

namespace autoglm::nn {

/// By all threads, since the program began.
std::int64_t allocations();

}  // namespace autoglm::nn
