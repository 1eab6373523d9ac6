// A libcuda.so.1 for gpu-plans alone. cuDNN loads what it has compiled for a plan while it makes
// the plan; here that succeeds although there is no GPU. All other calls are those of NVIDIA's
// stub, which this library needs and which fails at each (driver_stub.cpp says how it is found).
#include <cuda.h>

namespace {

/// What the caller takes for a library or a kernel; nobody looks inside.
template <class Handle>
CUresult give(Handle* handle) {
  static int something = 0;
  *handle = reinterpret_cast<Handle>(&something);
  return CUDA_SUCCESS;
}

}  // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

// NOLINTBEGIN(readability-identifier-naming,readability-function-size): CUDA's own.
EXPORTED CUresult cuLibraryLoadData(CUlibrary* library, const void* /*code*/,
                                    CUjit_option* /*jit_options*/, void** /*jit_values*/,
                                    unsigned /*jit_count*/, CUlibraryOption* /*options*/,
                                    void** /*values*/, unsigned /*count*/) {
  return give(library);
}
EXPORTED CUresult cuLibraryGetKernel(CUkernel* kernel, CUlibrary /*library*/,
                                     const char* /*name*/) {
  return give(kernel);
}
// NOLINTEND(readability-identifier-naming,readability-function-size)
