#include "trainer/nn/fallback/host_copies.h"

#include <algorithm>
#include <cassert>

namespace autoglm::nn {

std::int64_t count_of(const Tensor& tensor) noexcept {
  const bool has_rank = tensor.shape.rank >= 0 && tensor.shape.rank <= Shape::kMostRank;
  return has_rank ? tensor.count() : 0;
}

HostCopies::~HostCopies() {
  for (const Slot& slot : slots_) {
    host_.release(slot.memory);
  }
}

void HostCopies::begin() noexcept {
  used_ = 0;
  status_ = Status::ok;
}

Tensor HostCopies::in(const Tensor& tensor) noexcept {
  return {copy_of(tensor.data, nullptr, count_of(tensor), size_of(tensor.type)), tensor.type,
          tensor.shape};
}

Tensor HostCopies::out(const Tensor& tensor) noexcept {
  return {copy_of(nullptr, tensor.data, count_of(tensor), size_of(tensor.type)), tensor.type,
          tensor.shape};
}

void* HostCopies::copy_of(const void* read, void* written, std::int64_t count,
                          std::size_t size) noexcept {
  if (status_ != Status::ok || (read == nullptr && written == nullptr)) {
    return nullptr;
  }
  assert(used_ < kMostArrays);
  Slot& slot = slots_[used_];
  const std::size_t bytes = static_cast<std::size_t>(std::max<std::int64_t>(count, 0)) * size;
  if (!reserve(slot, bytes) || (read != nullptr && bytes > 0 &&
                                !succeeded(device_.download(slot.memory, read, bytes), device_))) {
    return nullptr;
  }
  slot.written = written;
  slot.bytes = bytes;
  ++used_;
  return slot.memory;
}

bool HostCopies::reserve(Slot& slot, std::size_t bytes) noexcept {
  const std::size_t wanted = std::max<std::size_t>(bytes, 1);
  if (slot.capacity >= wanted) {
    return true;
  }
  host_.release(slot.memory);
  slot = {};
  if (!succeeded(host_.allocate(wanted, &slot.memory), host_)) {
    return false;
  }
  slot.capacity = wanted;
  return true;
}

bool HostCopies::succeeded(Status status, const Backend& backend) noexcept {
  if (status != Status::ok) {
    status_ = status;
    failed_ = &backend;
  }
  return status == Status::ok;
}

void HostCopies::give_back() noexcept {
  for (std::size_t i = 0; i < used_ && status_ == Status::ok; ++i) {
    const Slot& slot = slots_[i];
    if (slot.written != nullptr && slot.bytes > 0) {
      succeeded(device_.upload(slot.written, slot.memory, slot.bytes), device_);
    }
  }
}

}  // namespace autoglm::nn
