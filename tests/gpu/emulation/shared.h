// The shared memory of the block that runs.
#pragma once

#include <cstddef>

#include "tests/gpu/emulation/memory.h"

namespace autoglm::emulation {

/// A new block begins at a place (sanitizer.h): what was there is NaN, and nothing has been
/// written.
void clear_shared_memory(unsigned place);

/// Whether an address is of shared memory, in an array or between two.
bool is_shared_address(const void* address);
/// The traces of `bytes` bytes; null: they do not lie in one array.
Trace* shared_traces(const void* address, std::size_t bytes);

}  // namespace autoglm::emulation
