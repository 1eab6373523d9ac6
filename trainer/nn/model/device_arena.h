// One piece of a device's memory, cut up by its owner.
#pragma once

#include <cstddef>

#include "trainer/nn/backend.h"

namespace autoglm::nn {

/// What every piece that is cut from an arena begins at a multiple of, bytes.
constexpr std::size_t kPieceAlignment = 64;

constexpr std::size_t aligned_bytes(std::size_t bytes) {
  return (bytes + kPieceAlignment - 1) / kPieceAlignment * kPieceAlignment;
}

/// Owns `bytes` of `backend`'s memory, which must outlive it; movable. 0 bytes: nothing is
/// allocated and the address is null.
class DeviceArena {
 public:
  DeviceArena() = default;
  /// `what` is named where there is not enough memory. Throws DeviceMemoryError, DeviceError.
  DeviceArena(Backend& backend, std::size_t bytes, const char* what);
  ~DeviceArena();
  DeviceArena(DeviceArena&& other) noexcept;
  DeviceArena& operator=(DeviceArena&& other) noexcept;
  DeviceArena(const DeviceArena&) = delete;
  DeviceArena& operator=(const DeviceArena&) = delete;

  std::size_t bytes() const { return bytes_; }
  void* data() const { return data_; }
  void* at(std::size_t offset) const { return static_cast<std::byte*>(data_) + offset; }
  float* floats() const { return static_cast<float*>(data_); }
  void fill_zero();

 private:
  Backend* backend_ = nullptr;
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace autoglm::nn
