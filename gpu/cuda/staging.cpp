#include "gpu/cuda/staging.h"

#include <algorithm>
#include <cstring>

namespace autoglm::gpu {
namespace {

constexpr std::size_t kBytes = std::size_t{8} << 20U;

}  // namespace

Staging::~Staging() {
  for (const Buffer& buffer : buffers_) {
    if (buffer.sent != nullptr) {
      cudaEventSynchronize(buffer.sent);
      cudaEventDestroy(buffer.sent);
    }
    cudaFreeHost(buffer.memory);
  }
}

/// Makes the buffer, or waits until what it held is on the device.
Status Staging::prepare(Buffer& buffer) {
  if (buffer.sent != nullptr) {
    return context_.check(cudaEventSynchronize(buffer.sent));
  }
  const Status status = context_.check(cudaMallocHost(&buffer.memory, kBytes));
  return status == Status::ok
             ? context_.check(cudaEventCreateWithFlags(&buffer.sent, cudaEventDisableTiming))
             : status;
}

Status Staging::upload(void* to, const void* from, std::size_t bytes) {
  const cudaStream_t stream = context_.queue().stream;
  for (std::size_t done = 0; done < bytes; done += kBytes) {
    Buffer& buffer = buffers_[next_];
    next_ = 1 - next_;
    const std::size_t size = std::min(bytes - done, kBytes);
    Status status = prepare(buffer);
    if (status == Status::ok) {
      std::memcpy(buffer.memory, static_cast<const char*>(from) + done, size);
      status = context_.check(cudaMemcpyAsync(static_cast<char*>(to) + done, buffer.memory, size,
                                              cudaMemcpyHostToDevice, stream));
    }
    if (status == Status::ok) {
      status = context_.check(cudaEventRecord(buffer.sent, stream));
    }
    if (status != Status::ok) {
      return status;
    }
  }
  return Status::ok;
}

}  // namespace autoglm::gpu
