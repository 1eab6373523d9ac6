#include "allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::int64_t> count{0};

}  // namespace

namespace autoglm::nn {

std::int64_t allocations() { return count; }

}  // namespace autoglm::nn

// The other forms of the standard library call these.
void* operator new(std::size_t bytes) {
  ++count;
  if (void* const address = std::malloc(bytes == 0 ? 1 : bytes)) {
    return address;
  }
  throw std::bad_alloc();
}

void operator delete(void* address) noexcept { std::free(address); }
void operator delete(void* address, std::size_t) noexcept { std::free(address); }
