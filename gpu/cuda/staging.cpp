#include "gpu/cuda/staging.h"

#include <algorithm>
#include <cstring>

namespace autoglm::gpu {

Staging::~Staging() {
  if (copies_ == nullptr) {
    return;  // nothing else was made
  }
  wait();
  for (const Pinned& pinned : pinned_) {
    if (pinned.sent != nullptr) {
      cudaEventDestroy(pinned.sent);
    }
    cudaFreeHost(pinned.memory);
  }
  for (const Landing& landing : landings_) {
    if (landing.taken != nullptr) {
      cudaEventDestroy(landing.taken);
    }
    cudaFree(landing.memory);
  }
  cudaStreamDestroy(copies_);
}

std::size_t Staging::device_bytes() const {
  std::size_t sum = 0;
  for (const Landing& landing : landings_) {
    sum += landing.bytes;
  }
  return sum;
}

/// Until nothing travels any more.
void Staging::wait() const {
  cudaStreamSynchronize(copies_);
  cudaStreamSynchronize(context_.queue().stream);
}

Status Staging::make_stream() {
  // What is made in spite of an error belongs to another device.
  const Status begun = context_.check(cudaSuccess);
  return begun == Status::ok && copies_ == nullptr
             ? context_.check(cudaStreamCreateWithFlags(&copies_, cudaStreamNonBlocking))
             : begun;
}

Status Staging::make_event(cudaEvent_t& event) {
  return context_.check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
}

/// Makes what the buffer lacks, or waits until what it held is on the device.
Status Staging::prepare(Pinned& pinned) {
  if (pinned.sent != nullptr) {
    return context_.check(cudaEventSynchronize(pinned.sent));
  }
  const Status status =
      pinned.memory == nullptr ? context_.check(cudaMallocHost(&pinned.memory, most_)) : Status::ok;
  return status == Status::ok ? make_event(pinned.sent) : status;
}

/// Makes what the landing lacks: all become as large as the greatest part, so that how much they
/// take does not depend on whose turn it was.
Status Staging::prepare(Landing& landing, std::size_t bytes) {
  Status status = landing.taken == nullptr ? make_event(landing.taken) : Status::ok;
  greatest_ = std::max(greatest_, bytes);
  if (landing.bytes == greatest_ || status != Status::ok) {
    return status;
  }
  status = context_.check(cudaEventSynchronize(landing.taken));
  if (status == Status::ok) {
    landing.bytes = 0;
    void* const smaller = landing.memory;
    landing.memory = nullptr;
    status = context_.check(cudaFree(smaller));
  }
  if (status == Status::ok) {
    status = context_.check(cudaMalloc(&landing.memory, greatest_));
  }
  landing.bytes = status == Status::ok ? greatest_ : landing.bytes;
  return status;
}

/// From the host to the landing, as soon as what was there is taken.
Status Staging::land(const Pinned& pinned, const Landing& landing, std::size_t bytes) {
  Status status = context_.check(cudaStreamWaitEvent(copies_, landing.taken, 0));
  if (status == Status::ok) {
    status = context_.check(
        cudaMemcpyAsync(landing.memory, pinned.memory, bytes, cudaMemcpyHostToDevice, copies_));
  }
  return status == Status::ok ? context_.check(cudaEventRecord(pinned.sent, copies_)) : status;
}

/// From the landing to where it belongs, as soon as it has landed and all that was called before is
/// done.
Status Staging::take(char* to, const Pinned& pinned, const Landing& landing, std::size_t bytes) {
  const cudaStream_t stream = context_.queue().stream;
  Status status = context_.check(cudaStreamWaitEvent(stream, pinned.sent, 0));
  if (status == Status::ok) {
    status = context_.check(
        cudaMemcpyAsync(to, landing.memory, bytes, cudaMemcpyDeviceToDevice, stream));
  }
  return status == Status::ok ? context_.check(cudaEventRecord(landing.taken, stream)) : status;
}

Status Staging::send(char* to, const char* from, std::size_t bytes) {
  Pinned& pinned = pinned_[parts_ % pinned_.size()];
  Landing& landing = landings_[parts_ % landings_.size()];
  ++parts_;
  Status status = prepare(pinned);
  if (status == Status::ok) {
    status = prepare(landing, bytes);
  }
  if (status == Status::ok) {
    std::memcpy(pinned.memory, from, bytes);
    status = land(pinned, landing, bytes);
  }
  return status == Status::ok ? take(to, pinned, landing, bytes) : status;
}

Status Staging::upload(void* to, const void* from, std::size_t bytes) {
  Status status = make_stream();
  for (std::size_t done = 0; done < bytes && status == Status::ok; done += most_) {
    status = send(static_cast<char*>(to) + done, static_cast<const char*>(from) + done,
                  std::min(bytes - done, most_));
  }
  if (status != Status::ok && copies_ != nullptr) {
    wait();  // an event may be missing behind what has begun
  }
  return status;
}

}  // namespace autoglm::gpu
