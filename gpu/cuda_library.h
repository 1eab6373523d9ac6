// Finds and loads libautoglm_cuda.so, and makes backends of it.
#pragma once

#include <memory>
#include <string>

#include "trainer/nn/backend.h"

namespace autoglm {

struct CudaBackend {
  std::unique_ptr<nn::Backend> backend{};  // null: `reason` says why, in one line
  std::string reason{};
};

/// A backend on the CUDA device of that number (of those that CUDA_VISIBLE_DEVICES leaves). The
/// library is the file that AUTOGLM_CUDA_LIBRARY names, else the one beside the program or in
/// ../lib from there, else what the system's loader finds. Loaded once, never unloaded.
CudaBackend make_cuda_backend(int device);

}  // namespace autoglm
