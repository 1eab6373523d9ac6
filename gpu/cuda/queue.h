// Where kernels run, in the order in which they are launched.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "trainer/nn/tensor.h"

namespace autoglm::gpu {

using nn::DType;

struct Queue {
  cudaStream_t stream = nullptr;
  int processors = 1;           // streaming multiprocessors
  std::int64_t grid_lines = 1;  // most blocks along a grid's second index
};

}  // namespace autoglm::gpu
