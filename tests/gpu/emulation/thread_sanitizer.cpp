// GCC's thread sanitizer: each thread of a kernel is one to it, ordered with others by barriers
// alone. Its threads are dear to make, so they serve later blocks again, which must therefore come
// after the earlier ones: races between blocks are seen if fewer than kPlaces lie between them.
#include <sanitizer/tsan_interface.h>

#include <array>
#include <cstdint>

#include "tests/gpu/emulation/sanitizer.h"

namespace autoglm::emulation {
namespace {

constexpr unsigned kPlaces = 4;
constexpr unsigned kGroups = 33;

/// What threads meet at has an address. Two in turn: who is at the next barrier already tells those
/// who leave this one nothing.
using Keys = std::array<std::array<std::uint64_t, 2>, kGroups>;

class ThreadSanitizer : public Sanitizer {
 public:
  unsigned places() const override { return kPlaces; }

  void meet(WatchedStack& made) override { made.known_as = __tsan_create_fiber(0); }
  void leave(WatchedStack& from, WatchedStack& to, bool begins) override {
    from.known_as = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to.known_as, begins ? 0 : __tsan_switch_to_fiber_no_sync);
  }

  void reach(const Barrier& barrier) override { __tsan_release(key(barrier)); }
  void pass(const Barrier& barrier) override { __tsan_acquire(key(barrier)); }
  void end_thread(unsigned place) override { __tsan_release(&ends_.at(place)); }
  void wait_for_place(unsigned place) override { __tsan_acquire(&ends_.at(place)); }

 private:
  std::uint64_t* key(const Barrier& barrier) {
    return &barriers_.at(barrier.place).at(barrier.group).at(barrier.turn % 2);
  }

  std::array<std::uint64_t, kPlaces> ends_{};
  std::array<Keys, kPlaces> barriers_{};
};

}  // namespace

Sanitizer& sanitizer() {
  static ThreadSanitizer made;
  return made;
}

}  // namespace autoglm::emulation
