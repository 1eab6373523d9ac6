// Runs the contract of backends on the first CUDA device; ends with 2 if there is none. Takes
// doctest's options.
#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>

#include "gpu/cuda_library.h"
#include "tests/nn/contract/subjects.h"

namespace autoglm::nn::contract {

std::vector<Subject> subjects() {
  return {{"cuda:0", [] { return make_cuda_backend(0).backend; }}};
}

}  // namespace autoglm::nn::contract

int main(int argc, char** argv) {
  if (const autoglm::CudaBackend made = autoglm::make_cuda_backend(0); made.backend == nullptr) {
    std::fprintf(stderr, "gpu-contract: no device: %s\n", made.reason.c_str());
    return 2;
  }
  return doctest::Context(argc, argv).run();
}
