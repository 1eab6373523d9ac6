// How much is treated at once. What is larger is cut into parts, of which these are the sizes.
#pragma once

#include <cstddef>

namespace autoglm::gpu {

struct Limits {
  /// Of each of the two buffers through which uploads go.
  std::size_t staging_bytes = std::size_t{8} << 20U;
};

/// Those of this library; tests/gpu/emulation has smaller ones, so that small arrays are cut too.
Limits library_limits();

}  // namespace autoglm::gpu
