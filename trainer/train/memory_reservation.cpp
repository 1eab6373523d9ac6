#include "trainer/train/memory_reservation.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace autoglm {
namespace {

constexpr std::uint64_t kUnit = 1 << 20;
/// Beyond all memory: the row of those who wait, a byte for each; who holds its first is served.
constexpr std::int64_t kRow = std::int64_t{1} << 50;
constexpr std::int64_t kPlaces = 1024;
constexpr const char* kLockRemedy =
    "it must be on a local file system; where that is so, run fewer trials at a time";
constexpr std::chrono::milliseconds kPeriod{100};  // the kernel tells nobody that there is room

struct flock range(short type, std::int64_t begin, std::int64_t count) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = begin;
  lock.l_len = count;
  return lock;
}

}  // namespace

MemoryReservation::MemoryReservation(const std::string& file)
    : path_(file), file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_ < 0) {
    fail("opened", "it must be in a folder that is there, and this user's to read and write");
  }
}

void MemoryReservation::fail(const char* what, const char* remedy) const {
  throw std::runtime_error(fmt::format("{}: cannot be {} to reserve memory of the device: {}; {}",
                                       path_, what, std::generic_category().message(errno),
                                       remedy));
}

MemoryReservation::~MemoryReservation() { ::close(file_); }

bool MemoryReservation::lock(std::int64_t begin, std::int64_t count) {
  struct flock wanted = range(F_WRLCK, begin, count);
  if (::fcntl(file_, F_OFD_SETLK, &wanted) == 0) {
    return true;
  }
  if (errno != EAGAIN && errno != EACCES) {
    fail("locked", kLockRemedy);
  }
  return false;
}

void MemoryReservation::unlock(std::int64_t begin, std::int64_t count) {
  if (count == 0) {
    return;  // to the kernel it would mean all there is from `begin` on
  }
  struct flock held = range(F_UNLCK, begin, count);
  if (::fcntl(file_, F_OFD_SETLK, &held) != 0) {
    fail("unlocked", kLockRemedy);
  }
}

/// Locks up to `wanted` bytes of [begin, end) that nobody holds: a range at once, else its halves.
/// How many it has got.
std::int64_t MemoryReservation::lock_free(std::int64_t begin, std::int64_t end,
                                          std::int64_t wanted) {
  const std::int64_t count = std::min(wanted, end - begin);
  if (count == 0 || lock(begin, count)) {
    return count;
  }
  if (end - begin == 1) {
    return 0;
  }
  const std::int64_t middle = begin + (end - begin) / 2;
  const std::int64_t got = lock_free(begin, middle, wanted);
  return got + lock_free(middle, end, wanted - got);
}

bool MemoryReservation::take(std::uint64_t bytes, std::uint64_t capacity) {
  // A capacity that is no whole number of units has room for as much as itself.
  const auto all = static_cast<std::int64_t>(capacity / kUnit);
  const auto wanted = std::min(static_cast<std::int64_t>((bytes + kUnit - 1) / kUnit), all);
  if (lock_free(0, all, wanted) == wanted) {
    return true;
  }
  unlock(0, all);
  return false;
}

/// Takes the place behind all others, if it has none yet, or moves up. Places are left only
/// forwards or for good, so nobody gets in front of another: who comes takes a place only if all
/// behind it are free too, which one lock of the whole rest of the row tells.
void MemoryReservation::line_up() {
  for (std::int64_t place = 0; place_ < 0 && place < kPlaces; ++place) {
    if (lock(kRow + place, kPlaces - place)) {
      place_ = place;
      unlock(kRow + place + 1, kPlaces - place - 1);
    }
  }
  while (place_ > 0 && lock(kRow + place_ - 1, 1)) {
    unlock(kRow + place_, 1);
    --place_;
  }
}

void MemoryReservation::leave() {
  if (place_ >= 0) {
    unlock(kRow + place_, 1);
    place_ = -1;
  }
}

bool MemoryReservation::wait(std::uint64_t bytes, std::uint64_t capacity,
                             const std::function<bool()>& stop,
                             const std::function<void()>& waiting) {
  bool told = false;
  while (!stop()) {
    line_up();
    if (place_ == 0 && take(bytes, capacity)) {
      leave();
      return true;
    }
    if (!told) {
      waiting();
      told = true;
    }
    std::this_thread::sleep_for(kPeriod);
  }
  leave();
  return false;
}

}  // namespace autoglm
