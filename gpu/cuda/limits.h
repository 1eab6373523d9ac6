// How much is treated at once. What is larger is cut into parts, of which these are the sizes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace autoglm::gpu {

struct Limits {
  /// Of each of the two buffers through which uploads go.
  std::size_t staging_bytes = std::size_t{8} << 20U;
  /// Of the patches of a convolution: of so many images at a time, but of one at least.
  std::size_t patch_bytes = std::size_t{256} << 20U;
  /// Of a product's sums in f32 that are rounded later: of so many rows at a time, but of one at
  /// least. They stay in the L2 cache of large devices (A100: 40 MB).
  std::size_t wide_bytes = std::size_t{32} << 20U;
  /// Blocks along a grid's second index: what CUDA allows.
  std::int64_t grid_lines = 65535;
};

/// Those of this library; tests/gpu/emulation has smaller ones, so that small arrays are cut too.
Limits library_limits();

}  // namespace autoglm::gpu
