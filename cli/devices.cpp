#include "cli/devices.h"

#include <fmt/format.h>

#include <cstdio>

#include "gpu/cuda_library.h"
#include "trainer/launch/device_error.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm {

std::unique_ptr<nn::Backend> make_backend(const std::string& device) {
  if (device == "cpu") {
    return nn::make_cpu_backend();
  }
  if (device == "cuda-emul") {
    throw DeviceError(
        "device cuda-emul: there is no emulated device yet; write \"cpu\" or \"auto\"");
  }
  CudaBackend cuda = make_cuda_backend(0);
  if (cuda.backend != nullptr) {
    return std::move(cuda.backend);
  }
  if (device == "auto") {
    fmt::print(stderr, "no GPU is used: {}\n", cuda.reason);
    return nn::make_cpu_backend();
  }
  throw DeviceError(fmt::format("device {}: {}; write \"cpu\" or \"auto\"", device, cuda.reason));
}

}  // namespace autoglm
