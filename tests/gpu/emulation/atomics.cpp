// What threads do to memory at once without a race.
#include <cuda_runtime.h>

#include "tests/gpu/emulation/block.h"
#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/memory.h"
#include "tests/gpu/emulation/shared.h"

namespace autoglm::emulation {

float atomic_sum(float* at, float value) {
  if (!is_allocated(at, sizeof *at) && shared_traces(at, sizeof *at) == nullptr) {
    complain("a kernel adds outside of every allocation");
    abandon_thread();
  }
  const float before = *at;
  *at = before + value;
  return before;
}

}  // namespace autoglm::emulation
