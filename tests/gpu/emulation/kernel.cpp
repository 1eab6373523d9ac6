// Launches: the limits of devices from compute capability 8.0 on (CUDA C++ programming guide,
// "Technical specifications per compute capability").
#include <cuda_runtime.h>

#include <random>
#include <string>

#include "tests/gpu/emulation/block.h"
#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/streams.h"

namespace autoglm::emulation {
namespace {

/// What is wrong about a launch; null: nothing.
const char* fault_of(const cudaLaunchConfig_t& c, std::size_t parameter_bytes) {
  constexpr unsigned kMostBlocks = 0x7FFFFFFF;  // in the first index, elsewhere 16 bits
  const std::size_t threads = std::size_t{c.blockDim.x} * c.blockDim.y * c.blockDim.z;
  if (c.gridDim.x == 0 || c.gridDim.y == 0 || c.gridDim.z == 0 || threads == 0) {
    return "a grid or block of nothing";
  }
  if (c.gridDim.x > kMostBlocks || c.gridDim.y > most_grid_lines() || c.gridDim.z > 65535) {
    return "a grid that is too large";
  }
  if (threads > 1024 || c.blockDim.z > 64) {
    return "a block of more than 1024 threads";
  }
  if (c.dynamicSmemBytes > 0) {
    return "dynamic shared memory, which the emulation does not have";
  }
  return parameter_bytes > 4096 ? "more than 4 KiB of parameters" : nullptr;
}

std::mt19937_64& draw() {
  static std::mt19937_64 made(settings().seed);
  return made;
}

}  // namespace

cudaError_t launch(const cudaLaunchConfig_t& configuration, const char* kernel,
                   std::size_t parameter_bytes, std::function<void()> thread) {
  const Call call("cudaLaunchKernel");
  if (call.fails()) {
    return call.error();
  }
  if (!is_stream(configuration.stream) || is_other_device()) {
    return noted(cudaErrorInvalidResourceHandle);
  }
  if (fault_of(configuration, parameter_bytes) != nullptr) {
    return noted(cudaErrorInvalidConfiguration);
  }
  submit(
      configuration.stream, kernel,
      [configuration, kernel, thread = std::move(thread)](const Actor& actor) {
        run_blocks({kernel, configuration.gridDim, configuration.blockDim, thread, actor}, draw());
      });
  return cudaSuccess;
}

}  // namespace autoglm::emulation
