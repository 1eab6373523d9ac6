// Runs the contract of backends on the first CUDA device, or with --cpu on the CPU:
//   gpu-contract [--cpu] [--errors]
// Ends with 2 if there is no device. --errors: prints for each operation and type of its results
// the greatest error beside formulas in f64, as a part of what is allowed. Takes doctest's options.
#define DOCTEST_CONFIG_IMPLEMENT
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "gpu/cuda_library.h"
#include "tests/nn/contract/arrays.h"
#include "tests/nn/contract/subjects.h"
#include "trainer/nn/check/comparison.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm::nn::contract {
namespace {

bool on_cpu = false;

void print_errors() {
  std::printf("%-24s %-5s %9s\n", "operation", "type", "of limit");
  for (const auto& [key, part] : greatest_errors()) {
    std::printf("%-24s %-5s %8.2f%%\n", key.first.c_str(), name_of(key.second), 100 * part);
  }
}

int run(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto has = [&](const char* word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  on_cpu = has("--cpu");
  if (const CudaBackend made = on_cpu ? CudaBackend{} : make_cuda_backend(0);
      !on_cpu && made.backend == nullptr) {
    std::fprintf(stderr, "gpu-contract: no device: %s\n", made.reason.c_str());
    return 2;
  }
  const int status = doctest::Context(argc, argv).run();
  if (has("--errors")) {
    print_errors();
  }
  return status;
}

}  // namespace

std::vector<Subject> subjects() {
  if (on_cpu) {
    return {{"cpu", [] { return make_cpu_backend(); }}};
  }
  return {{"cuda:0", [] { return make_cuda_backend(0).backend; }}};
}

}  // namespace autoglm::nn::contract

int main(int argc, char** argv) { return autoglm::nn::contract::run(argc, argv); }
