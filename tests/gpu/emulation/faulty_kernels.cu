#include "tests/gpu/emulation/faulty_kernels.h"

#include <cuda_runtime.h>

namespace autoglm::emulation {
namespace {

constexpr int kThreads = 64;

struct alignas(16) Four {
  float numbers[4];
};

/// Numbers change places: the one of thread i goes to thread 63 - i.
template <bool Barrier>
__global__ void swap_kernel(const float* numbers, float* results) {
  AUTOGLM_SHARED(float, shared, kThreads);
  const int thread = static_cast<int>(threadIdx.x);
  shared[thread] = 0;
  __syncthreads();
  shared[thread] = numbers[thread];
  if (Barrier) {
    __syncthreads();
  }
  results[thread] = shared[kThreads - 1 - thread];
}

template <bool Barrier>
__global__ void swap_in_warp_kernel(const float* numbers, float* results) {
  AUTOGLM_SHARED(float, shared, kThreads);
  const int thread = static_cast<int>(threadIdx.x);
  shared[thread] = 0;
  __syncthreads();
  shared[thread] = numbers[thread];
  if (Barrier) {
    __syncwarp();
  } else {
    results[thread] = __shfl_xor_sync(0xFFFFFFFFU, numbers[thread], 1);
  }
  results[thread] = shared[thread ^ 31];
}

__global__ void reuse_kernel(const float* numbers, float* results) {
  AUTOGLM_SHARED(float, shared, kThreads);
  const int thread = static_cast<int>(threadIdx.x);
  shared[thread] = numbers[thread];
  __syncthreads();
  const float first = shared[kThreads - 1 - thread];
  shared[thread] = first;
  __syncthreads();
  results[thread] = shared[kThreads - 1 - thread];
}

__global__ void unwritten_kernel(const float* numbers, float* results) {
  AUTOGLM_SHARED(float, shared, kThreads);
  const int thread = static_cast<int>(threadIdx.x);
  if (thread < 32) {
    shared[thread] = numbers[thread];
  }
  __syncthreads();
  results[thread] = shared[thread];
}

__global__ void copy_kernel(const float* from, float* to, int from_offset, int to_offset) {
  to[threadIdx.x + static_cast<unsigned>(to_offset)] =
      from[threadIdx.x + static_cast<unsigned>(from_offset)];
}

__global__ void misaligned_kernel(const float* numbers, float* results) {
  const Four four = *reinterpret_cast<const Four*>(numbers + 1);
  results[threadIdx.x] = four.numbers[threadIdx.x % 4];
}

__global__ void divergent_kernel(float* results, bool elsewhere) {
  if (threadIdx.x < 16) {
    __syncthreads();
  } else if (elsewhere) {
    __syncthreads();
  }
  results[threadIdx.x] = 1;
}

__global__ void exchange_kernel(const float* numbers, float* results) {
  if (threadIdx.x % 32 < 16) {
    results[threadIdx.x] = __shfl_xor_sync(0xFFFFFFFFU, numbers[threadIdx.x], 1);
  }
}

__global__ void large_kernel(float* results) {
  AUTOGLM_SHARED(double, shared, 7000);
  shared[threadIdx.x] = 1;
  results[threadIdx.x] = static_cast<float>(shared[threadIdx.x]);
}

/// The last thread is past the end of the first array.
__global__ void shared_kernel(const float* numbers, float* results) {
  AUTOGLM_SHARED(float, first, kThreads);
  AUTOGLM_SHARED(float, second, kThreads);
  const int thread = static_cast<int>(threadIdx.x);
  float* place = first + 1;
  second[thread] = 0;
  place[thread] = numbers[thread];
  results[thread] = place[thread] + second[thread];
}

__global__ void index_kernel(float* results, int stride) {
  const int place = static_cast<int>(threadIdx.x) * stride;
  results[threadIdx.x] = static_cast<float>(place);
}

__global__ void sum_kernel(const float* numbers, float* results) {
  results[threadIdx.x] += numbers[threadIdx.x];
}

}  // namespace

cudaError_t launch_faulty(Faulty kind, cudaStream_t stream, float* numbers, float* results) {
  cudaLaunchConfig_t configuration{};
  configuration.blockDim = kThreads;
  configuration.gridDim = kind == Faulty::blocks_that_collide ? 2 : 1;
  configuration.stream = stream;
  switch (kind) {
    case Faulty::nothing:
      return cudaLaunchKernelEx(&configuration, swap_kernel<true>, numbers, results);
    case Faulty::nothing_of_warps:
      return cudaLaunchKernelEx(&configuration, swap_in_warp_kernel<true>, numbers, results);
    case Faulty::exchange_as_barrier:
      return cudaLaunchKernelEx(&configuration, swap_in_warp_kernel<false>, numbers, results);
    case Faulty::no_barrier:
      return cudaLaunchKernelEx(&configuration, swap_kernel<false>, numbers, results);
    case Faulty::no_second_barrier:
      return cudaLaunchKernelEx(&configuration, reuse_kernel, numbers, results);
    case Faulty::unwritten_shared_memory:
      return cudaLaunchKernelEx(&configuration, unwritten_kernel, numbers, results);
    case Faulty::unwritten_device_memory:
      return cudaLaunchKernelEx(&configuration, copy_kernel, results, numbers, 0, 0);
    case Faulty::past_the_end:
      return cudaLaunchKernelEx(&configuration, copy_kernel, numbers, results, 0, 1);
    case Faulty::reads_past_the_end:
      return cudaLaunchKernelEx(&configuration, copy_kernel, numbers, results, 1, 0);
    case Faulty::past_a_shared_array:
      return cudaLaunchKernelEx(&configuration, shared_kernel, numbers, results);
    case Faulty::overflowing_index:
      return cudaLaunchKernelEx(&configuration, index_kernel, results, 1 << 26);
    case Faulty::misaligned:
      return cudaLaunchKernelEx(&configuration, misaligned_kernel, numbers, results);
    case Faulty::barrier_for_some:
      return cudaLaunchKernelEx(&configuration, divergent_kernel, results, false);
    case Faulty::different_barriers:
      return cudaLaunchKernelEx(&configuration, divergent_kernel, results, true);
    case Faulty::exchange_for_some:
      return cudaLaunchKernelEx(&configuration, exchange_kernel, numbers, results);
    case Faulty::blocks_that_collide:
      return cudaLaunchKernelEx(&configuration, copy_kernel, numbers, results, 0, 0);
    case Faulty::too_much_shared_memory:
      return cudaLaunchKernelEx(&configuration, large_kernel, results);
  }
  return cudaErrorInvalidValue;
}

cudaError_t launch_sum(cudaStream_t stream, const float* numbers, float* results) {
  cudaLaunchConfig_t configuration{};
  configuration.blockDim = kThreads;
  configuration.stream = stream;
  return cudaLaunchKernelEx(&configuration, sum_kernel, numbers, results);
}

}  // namespace autoglm::emulation
