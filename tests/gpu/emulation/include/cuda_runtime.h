// What kernels of gpu/cuda are written in, for g++: see cuda_runtime_api.h.
#pragma once

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <tuple>
#include <type_traits>

#define __global__
#define __device__
#define __host__
#define __launch_bounds__(...)
#define AUTOGLM_SHARED(type, name, n) \
  type(&name)[n] = ::autoglm::emulation::shared_array<type, (n), decltype([] {})>(#name)

namespace autoglm::emulation {

/// Which thread runs, as threadIdx and the others say.
struct ThreadPlace {
  uint3 thread{};
  uint3 block{};
  dim3 threads{};
  dim3 blocks{};
};
extern ThreadPlace running;

struct SourceLine {
  const char* file = __builtin_FILE();
  int line = __builtin_LINE();
};

// Done by block.h and kernel.h, which kernels do not see.
void meet_block(const SourceLine& at);
void meet_warp(unsigned mask, const SourceLine& at);
std::uint64_t exchange(unsigned mask, std::uint64_t value, int lane, const SourceLine& at);
void* shared_memory(const void* key, std::size_t bytes, const char* name);
void enter_kernel();
void leave_kernel();
float atomic_sum(float* at, float value);
cudaError_t launch(const cudaLaunchConfig_t& configuration, const char* kernel,
                   std::size_t parameter_bytes, std::function<void()> thread);

template <class T, std::size_t n, class Key>
T (&shared_array(const char* name))
[n] {
  static const char key = 0;
  return *static_cast<T(*)[n]>(shared_memory(&key, sizeof(T) * n, name));
}

}  // namespace autoglm::emulation

inline constexpr const uint3& threadIdx = autoglm::emulation::running.thread;
inline constexpr const uint3& blockIdx = autoglm::emulation::running.block;
inline constexpr const dim3& blockDim = autoglm::emulation::running.threads;
inline constexpr const dim3& gridDim = autoglm::emulation::running.blocks;

inline void __syncthreads(const autoglm::emulation::SourceLine& at = {}) {
  autoglm::emulation::meet_block(at);
}
inline void __syncwarp(unsigned mask = 0xFFFFFFFFU, const autoglm::emulation::SourceLine& at = {}) {
  autoglm::emulation::meet_warp(mask, at);
}
inline float __shfl_xor_sync(unsigned mask, float value, int lanes,
                             const autoglm::emulation::SourceLine& at = {}) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  const int lane = static_cast<int>(threadIdx.x % 32) ^ lanes;
  bits = static_cast<std::uint32_t>(autoglm::emulation::exchange(mask, bits, lane, at));
  std::memcpy(&value, &bits, sizeof bits);
  return value;
}
inline float atomicAdd(float* at, float value) { return autoglm::emulation::atomic_sum(at, value); }

using std::isfinite;
using std::isnan;
using std::max;
using std::min;
inline float normcdff(float x) { return 0.5F * std::erfc(x * -0.70710678118654752F); }
inline float __fmul_rn(float a, float b) { return a * b; }

/// CUDA's own, of <cuda_runtime.h>.
template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* configuration,
                               void (*kernel)(Parameters...), Arguments&&... arguments) {
  static_assert(sizeof...(Parameters) == sizeof...(Arguments));
  static_assert((std::is_trivially_copyable_v<Parameters> && ...),
                "parameters are copied bytewise");
  return autoglm::emulation::launch(
      *configuration, __PRETTY_FUNCTION__, (sizeof(Parameters) + ... + 0),
      [kernel, values = std::tuple<Parameters...>(static_cast<Parameters>(arguments)...)] {
        std::apply(
            [kernel](Parameters... parameters) {
              autoglm::emulation::enter_kernel();
              kernel(parameters...);
              autoglm::emulation::leave_kernel();
            },
            values);
      });
}
