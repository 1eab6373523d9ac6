// Finds and loads libautoglm_cuda.so, or the emulated device of the tests, and makes backends of
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "trainer/nn/backend.h"

namespace autoglm {

struct CudaBackend {
  std::unique_ptr<nn::Backend> backend{};  // null: `reason` says why, in one line
  std::string reason{};
  bool is_full = false;            // there is none because the device has too little memory left
  int devices = 0;                 // that this process sees, where the library could tell
  std::string identity{};          // of the device, the same in all processes
  std::string libraries{};         // versions of CUDA's driver, its runtime, cuBLAS, cuDNN
  std::string build{};             // the library's build ID
  std::uint64_t memory_bytes = 0;  // of the device
  std::uint64_t own_bytes = 0;     // what the backend allocates beside what it is asked for
};

/// A backend on the CUDA device of that number (of those that CUDA_VISIBLE_DEVICES leaves). The
/// library is the file that AUTOGLM_CUDA_LIBRARY names, else the one beside the program or in
/// ../lib from there, else what the system's loader finds. Loaded once, never unloaded.
CudaBackend make_cuda_backend(int device);

/// The same by libautoglm_cuda_emul.so, which tests/gpu/emulation builds; its file may be named by
/// AUTOGLM_CUDA_EMUL_LIBRARY.
CudaBackend make_emulated_cuda_backend();

/// Why neither would make a backend on its first device; empty: it would. Takes nothing of the
/// device, so that trials have all of it.
std::string cuda_problem();
std::string emulated_cuda_problem();

}  // namespace autoglm
