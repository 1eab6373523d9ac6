#include "gpu/cuda/staging.h"

#include <algorithm>
#include <cstring>

namespace autoglm::gpu {

Staging::~Staging() {
  for (const Buffer& buffer : buffers_) {
    if (buffer.sent != nullptr) {
      cudaEventSynchronize(buffer.sent);
      cudaEventDestroy(buffer.sent);
    }
    cudaFreeHost(buffer.memory);
  }
}

/// Makes what the buffer lacks, or waits until what it held is on the device.
Status Staging::prepare(Buffer& buffer) {
  if (buffer.sent != nullptr) {
    return context_.check(cudaEventSynchronize(buffer.sent));
  }
  // An event that is made in spite of an error belongs to another device.
  Status status = context_.check(cudaSuccess);
  if (status == Status::ok && buffer.memory == nullptr) {
    status = context_.check(cudaMallocHost(&buffer.memory, bytes_));
  }
  return status == Status::ok
             ? context_.check(cudaEventCreateWithFlags(&buffer.sent, cudaEventDisableTiming))
             : status;
}

Status Staging::upload(void* to, const void* from, std::size_t bytes) {
  const cudaStream_t stream = context_.queue().stream;
  for (std::size_t done = 0; done < bytes; done += bytes_) {
    Buffer& buffer = buffers_[next_];
    next_ = 1 - next_;
    const std::size_t size = std::min(bytes - done, bytes_);
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
