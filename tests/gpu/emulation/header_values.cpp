// Prints the values of NVIDIA's names that gpu/cuda and the emulated device use. Compiled twice,
// with our headers and with NVIDIA's, it must print the same.
#include <cublas_v2.h>
#include <cuda_runtime_api.h>
#include <cudnn.h>

#include <cstdio>

#define AUTOGLM_PRINT(name) std::printf("%s %lld\n", #name, static_cast<long long>(name))

int main() {
#include "tests/gpu/emulation/header_names.inc"
  return 0;
}
