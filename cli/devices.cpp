#include "cli/devices.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/output.h"
#include "gpu/cuda_library.h"
#include "trainer/launch/device_error.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm {
namespace {

/// What the driver keeps for a process on a GPU: an allowance, since no call tells it.
constexpr std::uint64_t kContextBytes = std::uint64_t{512} << 20U;

[[noreturn]] void fail(const std::string& device, const std::string& reason) {
  throw DeviceError(fmt::format("device {}: {}; write \"cpu\" or \"auto\"", device, reason));
}

}  // namespace

OpenedDevice open_device(const std::string& device) {
  if (device == "cpu") {
    return {.backend = nn::make_cpu_backend()};
  }
  CudaBackend cuda = device == "cuda-emul" ? make_emulated_cuda_backend() : make_cuda_backend(0);
  if (cuda.backend != nullptr) {
    return {.backend = std::move(cuda.backend),
            .identity = cuda.identity,
            .memory_bytes = cuda.memory_bytes,
            .own_bytes = cuda.own_bytes + (device == "cuda-emul" ? 0 : kContextBytes)};
  }
  if (device == "auto") {
    write_stderr(fmt::format("no GPU is used: {}\n", cuda.reason));
    return {.backend = nn::make_cpu_backend()};
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
