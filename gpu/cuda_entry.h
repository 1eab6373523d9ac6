// The one function of libautoglm_cuda.so, which gpu/cuda_library.h loads. It is found by name, so
// that programs run where there is no CUDA; plain data, statuses and a Backend cross it, no
// exception.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trainer/nn/backend.h"

namespace autoglm::gpu {

/// Another number wherever this, trainer/nn/backend.h or tensor.h has changed (gpu/abi.cmake):
/// library and program must agree.
constexpr std::uint32_t kCudaAbi = AUTOGLM_CUDA_ABI;
constexpr const char* kCudaEntry = "autoglm_cuda_backend";

/// What is asked of the library, and what it answers.
struct CudaRequest {
  std::uint32_t abi = kCudaAbi;
  char reason[512] = {};  // why there is none, one line; like `abi` in its place for good, so that
                          // a library of another build can say that it is one
  std::int32_t device = 0;
  std::int32_t ask_only = 0;  // 1: whether there could be a backend; takes nothing of the device
  nn::Backend* backend = nullptr;  // the caller's from then on; deleted by it
  std::int32_t devices = 0;        // that the process sees; also where there is no backend
  std::int32_t is_full = 0;        // 1: there is none because the device has too little memory left
  // Of the device of a backend that was made.
  char identity[33] = {};          // 32 hexadecimal digits, the same in all processes
  std::uint64_t memory_bytes = 0;  // in all
  std::uint64_t own_bytes = 0;     // what the backend allocates beside what it is asked for
  char libraries[96] = {};         // versions of CUDA's driver, its runtime, cuBLAS, cuDNN
};

/// 0: request->backend is set, unless ask_only; else request->reason is.
using CudaEntry = int (*)(CudaRequest* request);

}  // namespace autoglm::gpu
