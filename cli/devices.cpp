#include "cli/devices.h"

#include <fmt/format.h>

#include <cstdio>

#include "gpu/cuda_library.h"
#include "trainer/launch/device_error.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm {
namespace {

[[noreturn]] void fail(const std::string& device, const std::string& reason) {
  throw DeviceError(fmt::format("device {}: {}; write \"cpu\" or \"auto\"", device, reason));
}

}  // namespace

std::unique_ptr<nn::Backend> make_backend(const std::string& device) {
  if (device == "cpu") {
    return nn::make_cpu_backend();
  }
  CudaBackend cuda = device == "cuda-emul" ? make_emulated_cuda_backend() : make_cuda_backend(0);
  if (cuda.backend != nullptr) {
    return std::move(cuda.backend);
  }
  if (device == "auto") {
    fmt::print(stderr, "no GPU is used: {}\n", cuda.reason);
    return nn::make_cpu_backend();
  }
  fail(device, cuda.reason);
}

void require_device(const std::string& device) {
  const std::string problem = device == "cuda"        ? cuda_problem()
                              : device == "cuda-emul" ? emulated_cuda_problem()
                                                      : "";
  if (!problem.empty()) {
    fail(device, problem);
  }
}

}  // namespace autoglm
