#include "trainer/nn/model/device_arena.h"

#include <utility>

#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {

DeviceArena::DeviceArena(Backend& backend, std::size_t bytes, const char* what)
    : backend_(&backend), bytes_(bytes) {
  if (bytes > 0) {
    require_allocated(backend.allocate(bytes, &data_), backend, what, bytes);
  }
}

DeviceArena::~DeviceArena() {
  if (data_ != nullptr) {
    backend_->release(data_);
  }
}

DeviceArena::DeviceArena(DeviceArena&& other) noexcept
    : backend_(other.backend_),
      data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)) {}

DeviceArena& DeviceArena::operator=(DeviceArena&& other) noexcept {
  std::swap(backend_, other.backend_);
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

void DeviceArena::fill_zero() {
  if (bytes_ > 0) {
    require_ok(backend_->fill_zero(data_, bytes_), *backend_, "fill_zero");
  }
}

}  // namespace autoglm::nn
