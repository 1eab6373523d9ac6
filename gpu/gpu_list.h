// Which NVIDIA GPUs the machine has, as its driver says (NVML, loaded where it is).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace autoglm {

struct Gpu {
  std::string name{};                // "NVIDIA H200"
  std::string uuid{};                // "GPU-…", as CUDA_VISIBLE_DEVICES takes it
  std::string compute_capability{};  // "9.0"
  std::uint64_t memory_bytes = 0;
  std::uint64_t free_bytes = 0;  // now
};

struct GpuList {
  std::vector<Gpu> gpus{};  // in the driver's order; CUDA_VISIBLE_DEVICES leaves none out
  std::string driver{};     // its version
  std::string reason{};     // why there is none, one line; else empty
};

/// What the driver does not tell of a GPU is empty or 0.
GpuList list_gpus();

/// The version of the driver; empty where there is none.
std::string driver_version();

}  // namespace autoglm
