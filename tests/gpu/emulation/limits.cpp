// In place of gpu/cuda/limits.cpp.
#include "gpu/cuda/limits.h"

#include "tests/gpu/emulation/device.h"

namespace autoglm::gpu {

Limits library_limits() {
  if (emulation::settings().shipped_limits) {
    return {};
  }
  // Below what the arrays of most tests have, and no powers of 2.
  return {.staging_bytes = 1000,
          .patch_bytes = 3000,
          .wide_bytes = 1000,
          .grid_lines = emulation::most_grid_lines()};
}

}  // namespace autoglm::gpu
