// What the kernels are written in: numbers, shared memory and launches. All of it is CUDA that a
// C++ compiler can read too, so that tests/gpu/emulation runs the same kernels without a GPU.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <utility>

#include "gpu/cuda/queue.h"

#ifndef AUTOGLM_SHARED  // the emulation has its own
#define AUTOGLM_SHARED(type, name, n) __shared__ type name[n]
#endif

namespace autoglm::gpu {

constexpr int kThreads = 256;  // of every block

template <class... Parameters, class... Arguments>
cudaError_t launch(const Queue& queue, dim3 grid, void (*kernel)(Parameters...),
                   Arguments&&... arguments) {
  cudaLaunchConfig_t configuration{};
  configuration.gridDim = grid;
  configuration.blockDim = kThreads;
  configuration.stream = queue.stream;
  return cudaLaunchKernelEx(&configuration, kernel, std::forward<Arguments>(arguments)...);
}

/// Calls `f` with a number of the type that `type` names.
template <class F>
cudaError_t with_type(DType type, F f) {
  switch (type) {
    case DType::f32:
      return f(float{});
    case DType::bf16:
      return f(__nv_bfloat16{});
    case DType::f16:
      return f(__half{});
  }
  return cudaErrorInvalidValue;
}

__device__ inline float to_float(float x) { return x; }
__device__ inline float to_float(__nv_bfloat16 x) { return __bfloat162float(x); }
__device__ inline float to_float(__half x) { return __half2float(x); }

template <class T>
__device__ inline T from_float(float x);
template <>
__device__ inline float from_float<float>(float x) {
  return x;
}
template <>
__device__ inline __nv_bfloat16 from_float<__nv_bfloat16>(float x) {
  return __float2bfloat16_rn(x);
}
template <>
__device__ inline __half from_float<__half>(float x) {
  return __float2half_rn(x);
}

/// a b, rounded: not fused with a sum that follows.
__device__ inline float rounded_product(float a, float b) { return __fmul_rn(a, b); }

constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace autoglm::gpu
