// The address sanitizer: memory beside arrays is poisoned, and stacks are announced.
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

#include "tests/gpu/emulation/sanitizer.h"

namespace autoglm::emulation {
namespace {

class AddressSanitizer : public Sanitizer {
 public:
  void forbid(const void* at, std::size_t bytes) override {
    __asan_poison_memory_region(at, bytes);
  }
  void allow(const void* at, std::size_t bytes) override {
    __asan_unpoison_memory_region(at, bytes);
  }
  bool is_forbidden(const void* at, std::size_t bytes) const override {
    return __asan_region_is_poisoned(const_cast<void*>(at), bytes) != nullptr;
  }
  void leave(WatchedStack& from, WatchedStack& to, bool /*begins*/) override {
    __sanitizer_start_switch_fiber(&from.known_as, to.begin, to.bytes);
  }
  void arrive(WatchedStack& at, WatchedStack& from) override {
    __sanitizer_finish_switch_fiber(at.known_as, &from.begin, &from.bytes);
  }
};

}  // namespace

Sanitizer& sanitizer() {
  static AddressSanitizer made;
  return made;
}

}  // namespace autoglm::emulation
