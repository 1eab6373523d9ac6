// Memory that operations need while they run: grows to what the largest call needed, and is kept.
#pragma once

#include <cstddef>

namespace autoglm::nn::cpu {

/// Addresses of allocations and of scratch memory are multiples of this, in bytes.
constexpr std::size_t kAlignment = 64;

/// `bytes`, at least 1, aligned; null if there is no memory. Freed by free_aligned.
void* allocate_aligned(std::size_t bytes) noexcept;
void free_aligned(void* address) noexcept;

class Scratch {
 public:
  Scratch() = default;
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// At least so many bytes, undefined contents, until the next call of reserve. Null: no memory.
  void* reserve(std::size_t bytes) noexcept;
  std::size_t bytes() const noexcept;

 private:
  void* memory_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace autoglm::nn::cpu
