// Runs of W neighbouring numbers, held as f32: moved by one access of up to 16 bytes where
// addresses allow it.
#pragma once

#include "gpu/cuda/port.h"

namespace autoglm::gpu {

/// How many numbers a thread takes at once: 16 bytes of the narrowest type.
template <class T>
constexpr int kWide = sizeof(T) == 4 ? 4 : 8;

/// Whether every address is a multiple of what W numbers of T take, up to 16 bytes.
template <int W, class T>
bool aligned(const T* address) {
  constexpr std::uintptr_t kBytes = W * sizeof(T) < 16 ? W * sizeof(T) : 16;
  return reinterpret_cast<std::uintptr_t>(address) % kBytes == 0;
}
template <int W, class... T>
bool all_aligned(const T*... addresses) {
  return (aligned<W>(addresses) && ...);
}

template <int W, class T>
struct alignas(W * sizeof(T) < 16 ? W * sizeof(T) : 16) Run {
  T numbers[W];
};

/// REQUIRES: aligned<W>(from).
template <int W, class T>
__device__ inline void load_run(const T* from, float (&values)[W]) {
  const Run<W, T> run = *reinterpret_cast<const Run<W, T>*>(from);
#pragma unroll
  for (int k = 0; k < W; ++k) {
    values[k] = to_float(run.numbers[k]);
  }
}
template <int W, class T>
__device__ inline void store_run(T* to, const float (&values)[W]) {
  Run<W, T> run;
#pragma unroll
  for (int k = 0; k < W; ++k) {
    run.numbers[k] = from_float<T>(values[k]);
  }
  *reinterpret_cast<Run<W, T>*>(to) = run;
}

/// The run that begins at element i of n; what is beyond the end reads as 0 and is not written.
/// `wide`: the array is aligned, and i a multiple of W.
template <int W, class T>
__device__ inline void load_part(const T* from, std::int64_t i, std::int64_t n, bool wide,
                                 float (&values)[W]) {
  if (wide && i + W <= n) {
    load_run<W>(from + i, values);
    return;
  }
#pragma unroll
  for (int k = 0; k < W; ++k) {
    values[k] = i + k < n ? to_float(from[i + k]) : 0.0F;
  }
}
template <int W, class T>
__device__ inline void store_part(T* to, std::int64_t i, std::int64_t n, bool wide,
                                  const float (&values)[W]) {
  if (wide && i + W <= n) {
    store_run<W>(to + i, values);
    return;
  }
#pragma unroll
  for (int k = 0; k < W; ++k) {
    if (i + k < n) {
      to[i + k] = from_float<T>(values[k]);
    }
  }
}

/// Blocks for n elements, W to a thread at a time.
inline dim3 element_grid(const Queue& queue, std::int64_t n, int width) {
  const std::int64_t most = std::int64_t{queue.processors} * 16;
  const std::int64_t blocks = divide_up(n, std::int64_t{kThreads} * width);
  return {static_cast<unsigned>(blocks < most ? blocks : most)};
}

/// The first element of this thread, and from one of its elements to the next.
__device__ inline std::int64_t first_element(int width) {
  return (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) * width;
}
__device__ inline std::int64_t element_stride(int width) {
  return std::int64_t{gridDim.x} * kThreads * width;
}

}  // namespace autoglm::gpu
