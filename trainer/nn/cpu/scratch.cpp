#include "trainer/nn/cpu/scratch.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstdlib>
#include <limits>

namespace autoglm::nn::cpu {
namespace {

// What large arrays are read through: with pages of 4 KiB a training step's do not fit into the
// processor's table of pages.
constexpr std::size_t kHugePage = std::size_t{2} << 20U;

/// Asks for huge pages where whole ones fit; the others stay small, so that no more memory is used.
void advise_huge_pages([[maybe_unused]] void* address, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__)
  madvise(address, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
}

}  // namespace

void* allocate_aligned(std::size_t bytes) noexcept {
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) {
    return nullptr;
  }
  const std::size_t alignment = bytes < kHugePage ? kAlignment : kHugePage;
  const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
  void* const address = std::aligned_alloc(alignment, whole == 0 ? alignment : whole);
  if (address != nullptr && bytes >= kHugePage) {
    advise_huge_pages(address, bytes);
  }
  return address;
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
