// The arrays of one operation, copied from a device to the host and back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "trainer/nn/backend.h"

namespace autoglm::nn {

/// Of elements; 0 for a shape that is none, which the operation refuses.
std::int64_t count_of(const Tensor& tensor) noexcept;

/// Between begin() and give_back() each array that an operation names is copied once for each time
/// that it is named, so that what is read in place of what is written is read as it was. Its memory
/// is kept for the next operation. After a failure all calls give null, and status() tells.
class HostCopies {
 public:
  /// Neither is owned; both must outlive this. `host` computes where the processor can look.
  HostCopies(Backend& device, Backend& host) : device_(device), host_(host) {}
  ~HostCopies();
  HostCopies(const HostCopies&) = delete;
  HostCopies& operator=(const HostCopies&) = delete;

  void begin() noexcept;
  Status status() const noexcept { return status_; }
  /// Whose last_error() is about status().
  const Backend& failed() const noexcept { return *failed_; }

  // An array of `count` elements at an address of the device, null for null: one that is read, is
  // wholly overwritten, or is both read and written.
  template <class T>
  const T* in(const T* at, std::int64_t count = 1) noexcept {
    return static_cast<const T*>(copy_of(at, nullptr, count, sizeof(T)));
  }
  template <class T>
  T* out(T* at, std::int64_t count = 1) noexcept {
    return static_cast<T*>(copy_of(nullptr, at, count, sizeof(T)));
  }
  template <class T>
  T* in_out(T* at, std::int64_t count = 1) noexcept {
    return static_cast<T*>(copy_of(at, at, count, sizeof(T)));
  }
  /// The same with elements of a type.
  void* in_out(void* at, DType type, std::int64_t count) noexcept {
    return copy_of(at, at, count, size_of(type));
  }
  Tensor in(const Tensor& tensor) noexcept;
  Tensor out(const Tensor& tensor) noexcept;

  /// Copies to the device what was written.
  void give_back() noexcept;

 private:
  struct Slot {
    void* memory = nullptr;
    std::size_t capacity = 0;
    void* written = nullptr;  // where on the device it belongs; null: nowhere
    std::size_t bytes = 0;
  };
  /// Enough for the operation with most arrays, the backward pass of batch normalization.
  static constexpr std::size_t kMostArrays = 12;

  void* copy_of(const void* read, void* written, std::int64_t count, std::size_t size) noexcept;
  bool reserve(Slot& slot, std::size_t bytes) noexcept;
  bool succeeded(Status status, const Backend& backend) noexcept;

  Backend& device_;
  Backend& host_;
  std::array<Slot, kMostArrays> slots_{};
  std::size_t used_ = 0;
  Status status_ = Status::ok;
  const Backend* failed_ = nullptr;
};

}  // namespace autoglm::nn
