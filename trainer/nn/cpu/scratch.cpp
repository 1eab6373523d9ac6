#include "trainer/nn/cpu/scratch.h"

#include <cstdlib>
#include <limits>

namespace autoglm::nn::cpu {

void* allocate_aligned(std::size_t bytes) noexcept {
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) {
    return nullptr;
  }
  const std::size_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  return std::aligned_alloc(kAlignment, whole == 0 ? kAlignment : whole);
}

void free_aligned(void* address) noexcept { std::free(address); }

Scratch::~Scratch() { free_aligned(memory_); }

void* Scratch::reserve(std::size_t bytes) noexcept {
  if (bytes > bytes_ || memory_ == nullptr) {
    free_aligned(memory_);
    memory_ = allocate_aligned(bytes);
    bytes_ = memory_ == nullptr ? 0 : bytes;
  }
  return memory_;
}

std::size_t Scratch::bytes() const noexcept { return bytes_; }

}  // namespace autoglm::nn::cpu
