// The library's one function.
#include <cublas_v2.h>
#include <cudnn.h>

#include <cstdio>
#include <memory>

#include "gpu/cuda/cuda_backend.h"
#include "gpu/cuda_entry.h"

namespace autoglm::gpu {
namespace {

int answer(CudaRequest& request, const char* reason) {
  std::snprintf(request.reason, sizeof request.reason, "%s", reason);
  return 1;
}

int refuse(CudaRequest& request, cudaError_t error, Place place = Place::current()) {
  std::snprintf(request.reason, sizeof request.reason, "%s (%s, entry.cpp:%u)",
                cudaGetErrorString(error), cudaGetErrorName(error), place.line);
  request.is_full = error == cudaErrorMemoryAllocation ? 1 : 0;
  return 1;
}

/// What is to be known of the device beside the backend.
cudaError_t describe(CudaRequest& request) {
  cudaDeviceProp properties{};
  const cudaError_t error = cudaGetDeviceProperties(&properties, request.device);
  if (error == cudaSuccess) {
    char* to = request.identity;
    for (const char byte : properties.uuid.bytes) {
      to += std::snprintf(to, 3, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    }
    request.memory_bytes = properties.totalGlobalMem;
    request.own_bytes = kWorkspace;
  }
  return error;
}

/// Which libraries compute. cuBLAS tells without a device, and fails for no number that it knows.
cudaError_t describe_libraries(CudaRequest& request) {
  int driver = 0;
  int runtime = 0;
  for (const cudaError_t error : {cudaDriverGetVersion(&driver), cudaRuntimeGetVersion(&runtime)}) {
    if (error != cudaSuccess) {
      return error;
    }
  }
  int cublas[3] = {};
  cublasGetProperty(MAJOR_VERSION, &cublas[0]);
  cublasGetProperty(MINOR_VERSION, &cublas[1]);
  cublasGetProperty(PATCH_LEVEL, &cublas[2]);
  std::snprintf(request.libraries, sizeof request.libraries,
                "CUDA driver %d, runtime %d, cuBLAS %d.%d.%d, cuDNN %zu", driver, runtime,
                cublas[0], cublas[1], cublas[2], cudnnGetVersion());
  return cudaSuccess;
}

int serve(CudaRequest& request) {
  if (request.abi != kCudaAbi) {
    return answer(request, "the CUDA library is of another version of autoglm; build both alike");
  }
  int devices = 0;
  if (const cudaError_t error = cudaGetDeviceCount(&devices); error != cudaSuccess) {
    return refuse(request, error);
  }
  request.devices = devices;
  if (request.device < 0 || request.device >= devices) {
    std::snprintf(request.reason, sizeof request.reason,
                  "there is no CUDA device %d, but %d in all", request.device, devices);
    return 1;
  }
  int major = 0;
  if (const cudaError_t error =
          cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, request.device);
      error != cudaSuccess) {
    return refuse(request, error);
  }
  if (major < 8) {
    std::snprintf(request.reason, sizeof request.reason,
                  "CUDA device %d has compute capability %d.x; 8.0 is needed", request.device,
                  major);
    return 1;
  }
  if (request.ask_only != 0) {
    return 0;
  }
  if (const cudaError_t error = describe(request); error != cudaSuccess) {
    return refuse(request, error);
  }
  if (const cudaError_t error = describe_libraries(request); error != cudaSuccess) {
    return refuse(request, error);
  }
  auto backend = std::make_unique<CudaBackend>();
  if (const Status status = backend->open(request.device); status != Status::ok) {
    request.is_full = status == Status::out_of_memory ? 1 : 0;
    return answer(request, backend->last_error());
  }
  request.backend = backend.release();
  return 0;
}

}  // namespace
}  // namespace autoglm::gpu

extern "C" __attribute__((visibility("default"))) int autoglm_cuda_backend(
    autoglm::gpu::CudaRequest* request) {
  try {
    return autoglm::gpu::serve(*request);
  } catch (...) {
    return autoglm::gpu::answer(*request, "no memory for a CUDA backend");
  }
}
