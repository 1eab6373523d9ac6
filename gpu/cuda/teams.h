// Work on matrices in which a team of threads, a warp or a block, treats a row.
#pragma once

#include "gpu/cuda/elements.h"

namespace autoglm::gpu {

constexpr int kWarp = 32;
constexpr int kWarps = kThreads / kWarp;
constexpr unsigned kAllLanes = 0xFFFFFFFFU;
/// Longer rows are treated by a block.
constexpr std::int64_t kLongRow = 1024;

struct Plus {
  static constexpr float kNothing = 0;
  __device__ float operator()(float a, float b) const { return a + b; }
};
struct Greater {
  static constexpr float kNothing = -INFINITY;
  __device__ float operator()(float a, float b) const { return fmaxf(a, b); }
};

/// Combines a number of each thread of the team; every thread gets the result. All threads of a
/// block (teams of a warp: of the warp) must call it. `shared`: kWarps numbers.
template <int Team, class F>
__device__ inline float combine(F f, float value, float* shared) {
#pragma unroll
  for (int distance = kWarp / 2; distance > 0; distance /= 2) {
    value = f(value, __shfl_xor_sync(kAllLanes, value, distance));
  }
  if constexpr (Team > kWarp) {
    if (threadIdx.x % kWarp == 0) {
      shared[threadIdx.x / kWarp] = value;
    }
    __syncthreads();
    value = F::kNothing;
#pragma unroll
    for (int warp = 0; warp < kWarps; ++warp) {
      value = f(value, shared[warp]);
    }
    __syncthreads();
  }
  return value;
}

/// The row of this team, and the place of this thread in its team.
template <int Team>
__device__ inline std::int64_t team_row() {
  return std::int64_t{blockIdx.x} * (kThreads / Team) + static_cast<int>(threadIdx.x) / Team;
}
template <int Team>
__device__ inline int team_place() {
  return static_cast<int>(threadIdx.x) % Team;
}
template <int Team>
dim3 team_grid(std::int64_t rows) {
  return {static_cast<unsigned>(divide_up(rows, kThreads / Team))};
}

}  // namespace autoglm::gpu
