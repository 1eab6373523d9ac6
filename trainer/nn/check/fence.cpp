#include "trainer/nn/check/fence.h"

#include <sanitizer/asan_interface.h>

namespace autoglm::nn {

bool fences_are_watched() {
#ifdef __SANITIZE_ADDRESS__
  return true;
#else
  return false;
#endif
}

// Without the sanitizer these two are nothing.
void put_fence([[maybe_unused]] const void* at, [[maybe_unused]] std::size_t bytes) {
  ASAN_POISON_MEMORY_REGION(at, bytes);
}
void take_fence([[maybe_unused]] const void* at, [[maybe_unused]] std::size_t bytes) {
  ASAN_UNPOISON_MEMORY_REGION(at, bytes);
}

}  // namespace autoglm::nn
