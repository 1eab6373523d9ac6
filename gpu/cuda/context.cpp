#include "gpu/cuda/context.h"

#include <cstdio>
#include <cstring>
#include <utility>

namespace autoglm::gpu {
namespace {

const char* file_of(const Place& place) {
  const char* slash = std::strrchr(place.file, '/');
  return slash == nullptr ? place.file : slash + 1;
}

/// A kernel that the library has no code for, or the driver no compiler, harms no other one.
Status meaning_of(cudaError_t error) {
  switch (error) {
    case cudaErrorMemoryAllocation:
      return Status::out_of_memory;
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorInvalidPtx:
    case cudaErrorJitCompilerNotFound:
    case cudaErrorUnsupportedPtxVersion:
      return Status::unsupported;
    default:
      return Status::device_failed;
  }
}

}  // namespace

Context::~Context() {
  if (device_ < 0) {
    return;
  }
  cudaSetDevice(device_);
  if (queue_.stream != nullptr) {
    cudaStreamSynchronize(queue_.stream);
  }
  if (cublas_ != nullptr) {
    cublasDestroy(cublas_);
  }
  cudaFree(scratch_);
  cudaFree(workspace_);
  if (queue_.stream != nullptr) {
    cudaStreamDestroy(queue_.stream);
  }
}

Status Context::open(int device) {
  call_ = "open";
  queue_.grid_lines = limits_.grid_lines;
  Status status = check(cudaSetDevice(device));
  if (status != Status::ok) {
    return status;
  }
  device_ = device;
  status =
      check(cudaDeviceGetAttribute(&queue_.processors, cudaDevAttrMultiProcessorCount, device));
  if (status == Status::ok) {
    status = check(cudaStreamCreateWithFlags(&queue_.stream, cudaStreamNonBlocking));
  }
  if (status == Status::ok) {
    status = make_cublas();
  }
  if (status == Status::ok) {
    status = check(cublasSetStream(cublas_, queue_.stream));
  }
  if (status == Status::ok) {
    // f32 is f32, not TF32; and partial sums of 16-bit products are f32.
    status = check(cublasSetMathMode(
        cublas_, static_cast<cublasMath_t>(CUBLAS_DEFAULT_MATH |
                                           CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION)));
  }
  if (status == Status::ok) {
    status = check(cudaMalloc(&workspace_, kWorkspace));
  }
  if (status != Status::ok) {
    return status;
  }
  workspace_bytes_ = kWorkspace;
  return check(cublasSetWorkspace(cublas_, workspace_, workspace_bytes_));
}

/// On a device that is nearly full, cuBLAS says that it is "not initialized": the runtime that this
/// is meant for has just made a stream.
Status Context::make_cublas() {
  const cublasStatus_t error = cublasCreate(&cublas_);
  return check(error == CUBLAS_STATUS_NOT_INITIALIZED ? CUBLAS_STATUS_ALLOC_FAILED : error);
}

void Context::begin(const char* call) {
  call_ = call;
  begun_ = cudaSetDevice(device_);
}

Status Context::fail(Status status, const char* why, Place place) {
  std::snprintf(error_, sizeof error_, "%s: %s:%u: %s", call_, file_of(place), place.line, why);
  return status;
}

Status Context::check(cudaError_t error, Place place) {
  error = error == cudaSuccess ? begun_ : error;
  if (error == cudaSuccess) {
    return Status::ok;
  }
  cudaGetLastError();  // else the next call would report it again
  char why[256];
  std::snprintf(why, sizeof why, "%s (%s)", cudaGetErrorString(error), cudaGetErrorName(error));
  return fail(meaning_of(error), why, place);
}

Status Context::check(cublasStatus_t error, Place place) {
  if (error == CUBLAS_STATUS_SUCCESS) {
    return check(cudaSuccess, place);
  }
  const Status status = error == CUBLAS_STATUS_NOT_SUPPORTED  ? Status::unsupported
                        : error == CUBLAS_STATUS_ALLOC_FAILED ? Status::out_of_memory
                                                              : Status::device_failed;
  return fail(status, cublasGetStatusString(error), place);
}

Status Context::scratch(std::size_t bytes, void** address) {
  if (bytes > scratch_bytes_) {
    Status status = check(cudaStreamSynchronize(queue_.stream));
    if (status == Status::ok) {
      scratch_bytes_ = 0;
      status = check(cudaFree(std::exchange(scratch_, nullptr)));
    }
    if (status == Status::ok) {
      status = check(cudaMalloc(&scratch_, bytes));
    }
    if (status != Status::ok) {
      return status;
    }
    scratch_bytes_ = bytes;
  }
  // At its end: who uses more than was asked for leaves the allocation, which is seen.
  constexpr std::size_t kRaster = 256;
  *address = static_cast<char*>(scratch_) + (scratch_bytes_ - bytes) / kRaster * kRaster;
  return Status::ok;
}

}  // namespace autoglm::gpu
