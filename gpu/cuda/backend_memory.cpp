// Memory, and opening the device.
#include "gpu/cuda/cuda_backend.h"
#include "gpu/cuda/elementwise.h"

namespace autoglm::gpu {

Status CudaBackend::open(int device) {
  Status status = context_.open(device);
  if (status != Status::ok) {
    return status;
  }
  cudaDeviceProp properties{};
  status = context_.check(cudaGetDeviceProperties(&properties, device));
  if (status != Status::ok) {
    return status;
  }
  info_.device = "cuda:" + std::to_string(device) + " " + properties.name;
  info_.instructions = "sm_" + std::to_string(properties.major) + std::to_string(properties.minor);
  info_.native_bf16 = true;
  info_.native_f16 = true;
  info_.memory_bytes = properties.totalGlobalMem;
  info_.processors = context_.queue().processors;
  return Status::ok;
}

Status CudaBackend::allocate(std::size_t bytes, void** address) noexcept {
  context_.begin("allocate");
  // What is allocated in spite of an error nobody would release.
  if (const Status begun = context_.check(cudaSuccess); begun != Status::ok) {
    return begun;
  }
  // An address that can be released and is no other's, for no bytes too.
  return context_.check(cudaMalloc(address, bytes == 0 ? 1 : bytes));
}

void CudaBackend::release(void* address) noexcept {
  context_.begin("release");
  if (address != nullptr) {
    cudaStreamSynchronize(context_.queue().stream);
    cudaFree(address);
  }
}

Status CudaBackend::upload(void* to, const void* from, std::size_t bytes) noexcept {
  context_.begin("upload");
  return staging_.upload(to, from, bytes);
}

Status CudaBackend::download(void* to, const void* from, std::size_t bytes) noexcept {
  context_.begin("download");
  const Status status = context_.check(
      cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, context_.queue().stream));
  return status == Status::ok ? context_.check(cudaStreamSynchronize(context_.queue().stream))
                              : status;
}

Status CudaBackend::copy(void* to, const void* from, std::size_t bytes) noexcept {
  context_.begin("copy");
  return context_.check(
      cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, context_.queue().stream));
}

Status CudaBackend::fill_zero(void* at, std::size_t bytes) noexcept {
  context_.begin("fill_zero");
  return context_.check(cudaMemsetAsync(at, 0, bytes, context_.queue().stream));
}

Status CudaBackend::synchronize() noexcept {
  context_.begin("synchronize");
  return context_.check(cudaStreamSynchronize(context_.queue().stream));
}

Status CudaBackend::cast(const Tensor& from, const Tensor& to) noexcept {
  context_.begin("cast");
  if (from.count() != to.count()) {
    return context_.refuse("from and to must have equally many elements");
  }
  return from.count() == 0 ? Status::ok : context_.check(gpu::cast(context_.queue(), from, to));
}

}  // namespace autoglm::gpu
