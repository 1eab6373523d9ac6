#include "trainer/train/memory_reservation.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace autoglm {
namespace {

constexpr std::uint64_t kUnit = 1 << 20;
/// Beyond all memory: who holds this byte is the next to be served.
constexpr std::int64_t kTurn = std::int64_t{1} << 50;
constexpr std::chrono::milliseconds kPeriod{100};  // the kernel tells nobody that there is room

struct flock range(short type, std::int64_t begin, std::int64_t count) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = begin;
  lock.l_len = count;
  return lock;
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

MemoryReservation::MemoryReservation(const std::string& file)
    : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_ < 0) {
    fail(file.c_str());
  }
}

MemoryReservation::~MemoryReservation() { ::close(file_); }

bool MemoryReservation::lock(std::int64_t begin, std::int64_t count) {
  struct flock wanted = range(F_WRLCK, begin, count);
  if (::fcntl(file_, F_OFD_SETLK, &wanted) == 0) {
    return true;
  }
  if (errno != EAGAIN && errno != EACCES) {
    fail("cannot reserve memory of the device");
  }
  return false;
}

void MemoryReservation::unlock(std::int64_t begin, std::int64_t count) {
  struct flock held = range(F_UNLCK, begin, count);
  if (::fcntl(file_, F_OFD_SETLK, &held) != 0) {
    fail("cannot give back memory of the device");
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
  const auto wanted = static_cast<std::int64_t>((bytes + kUnit - 1) / kUnit);
  const auto all = static_cast<std::int64_t>(capacity / kUnit);
  if (lock_free(0, all, wanted) == wanted) {
    return true;
  }
  unlock(0, all);
  return false;
}

bool MemoryReservation::wait(std::uint64_t bytes, std::uint64_t capacity,
                             const std::function<bool()>& stop,
                             const std::function<void()>& waiting) {
  bool told = false;
  bool is_next = false;
  while (!stop()) {
    is_next = is_next || lock(kTurn, 1);
    if (is_next && take(bytes, capacity)) {
      unlock(kTurn, 1);
      return true;
    }
    if (!told) {
      waiting();
      told = true;
    }
    std::this_thread::sleep_for(kPeriod);
  }
  return false;
}

}  // namespace autoglm
