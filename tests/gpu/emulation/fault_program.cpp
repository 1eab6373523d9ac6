// emulation_fault NAME: a kernel that breaks a rule, or none, for the sanitizer that this is built
// with, which ends programs. What it says the tests of CTest expect (CMakeLists.txt).
#include <cuda_runtime_api.h>

#include <array>
#include <cstdio>
#include <map>
#include <string>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/faulty_kernels.h"
#include "trainer/nn/check/fence.h"

namespace autoglm::emulation {
namespace {

constexpr std::size_t kCount = 64;
constexpr std::size_t kBytes = kCount * sizeof(float);
constexpr std::size_t kFence = 64;

const std::map<std::string, Faulty>& kinds() {
  static const std::map<std::string, Faulty> made{
      {"nothing", Faulty::nothing},
      {"nothing_of_warps", Faulty::nothing_of_warps},
      {"no_barrier", Faulty::no_barrier},
      {"exchange_as_barrier", Faulty::exchange_as_barrier},
      {"no_second_barrier", Faulty::no_second_barrier},
      {"past_the_end", Faulty::past_the_end},
      {"reads_past_the_end", Faulty::reads_past_the_end},
      {"past_a_shared_array", Faulty::past_a_shared_array},
      {"overflowing_index", Faulty::overflowing_index},
      {"misaligned", Faulty::misaligned},
      {"blocks_that_collide", Faulty::blocks_that_collide}};
  return made;
}

/// Two arrays of one allocation, a fence between them.
struct Arrays {
  char* memory = nullptr;
  float* first() const { return reinterpret_cast<float*>(memory); }
  float* second() const { return reinterpret_cast<float*>(memory + kBytes + kFence); }
};

bool ok(cudaError_t error) {
  if (error != cudaSuccess) {
    std::printf("%s\n", cudaGetErrorString(error));
  }
  return error == cudaSuccess;
}

bool run(const std::string& name) {
  cudaStream_t stream = nullptr;
  void* memory = nullptr;
  std::array<float, kCount> numbers{};
  if (!ok(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking)) ||
      !ok(cudaMalloc(&memory, 2 * kBytes + kFence))) {
    return false;
  }
  const Arrays arrays{static_cast<char*>(memory)};
  if (!ok(cudaMemcpyAsync(memory, numbers.data(), kBytes, cudaMemcpyHostToDevice, stream))) {
    return false;
  }
  nn::put_fence(arrays.memory + kBytes, kFence);
  if (name == "freed") {
    return ok(cudaFree(memory)) &&
           ok(launch_faulty(Faulty::nothing, stream, arrays.first(), arrays.second())) &&
           ok(cudaStreamSynchronize(stream));
  }
  return ok(launch_faulty(kinds().at(name), stream, arrays.first(), arrays.second())) &&
         ok(cudaStreamSynchronize(stream)) && ok(cudaFree(memory)) && ok(cudaStreamDestroy(stream));
}

}  // namespace
}  // namespace autoglm::emulation

int main(int argc, char** argv) {
  const bool done = argc == 2 && autoglm::emulation::run(argv[1]);
  std::printf(done ? "nothing was found\n" : "the device failed\n");
  return done ? 0 : 1;
}
