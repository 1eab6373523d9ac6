// The text of the last thing that went wrong, and the checks of arguments that write it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "trainer/nn/backend.h"

namespace autoglm::nn::cpu {

/// Checks the arguments of one call after the other. After the first fault the others are passed
/// over, so a call may check all and look at `status` once.
class Arguments {
 public:
  const char* text() const noexcept { return text_.data(); }

  /// Begins with the checks of an operation; `call` must outlive them.
  void begin(const char* call) noexcept;
  Status status() const noexcept { return status_; }
  bool ok() const noexcept { return status_ == Status::ok; }

  /// The tensor has data, this type and this shape, all sizes at least 1; kAny: whatever size.
  static constexpr std::int64_t kAny = -1;
  void tensor(const char* name, const Tensor& tensor, DType type, const Shape& shape) noexcept;
  void array(const char* name, const void* data) noexcept;
  /// `rule` says what must be, in a sentence: "padding (3) must be below kernel (2)".
  [[gnu::format(printf, 3, 4)]] void rule(bool holds, const char* format, ...) noexcept;
  /// What the operation itself came to.
  Status done(bool had_memory) noexcept;
  Status no_memory(std::size_t bytes) noexcept;

 private:
  [[gnu::format(printf, 3, 4)]] void fail(Status status, const char* format, ...) noexcept;

  static constexpr std::size_t kMostText = 320;
  std::array<char, kMostText> text_{};
  const char* call_ = "";
  Status status_ = Status::ok;
};

}  // namespace autoglm::nn::cpu
