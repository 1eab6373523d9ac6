#include "gpu/cuda/limits.h"

namespace autoglm::gpu {

Limits library_limits() { return {}; }

}  // namespace autoglm::gpu
