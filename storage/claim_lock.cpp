#include "storage/claim_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace autoglm {
namespace {

constexpr std::int64_t kFirstByte = std::int64_t{1} << 62;  // SQLite's own locks end at 2^30 + 512

constexpr std::int64_t kTurn = 0;  // keys of studies begin at 1

struct flock lock_of(std::int64_t study, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = kFirstByte + study;
  lock.l_len = 1;
  return lock;
}

}  // namespace

ClaimLock::ClaimLock(const std::string& path) : file_(open(path.c_str(), O_RDWR | O_CLOEXEC)) {
  if (file_ < 0) {
    file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }
}

ClaimLock::~ClaimLock() {
  if (file_ >= 0) {
    close(file_);
  }
}

bool ClaimLock::take(std::int64_t study) {
  struct flock lock = lock_of(study, F_WRLCK);
  return fcntl(file_, F_OFD_SETLK, &lock) == 0;
}

void ClaimLock::release(std::int64_t study) {
  struct flock lock = lock_of(study, F_UNLCK);
  fcntl(file_, F_OFD_SETLK, &lock);
}

bool ClaimLock::is_held_by_another(std::int64_t study) const {
  struct flock lock = lock_of(study, F_WRLCK);
  return fcntl(file_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void ClaimLock::take_turn() {
  struct flock lock = lock_of(kTurn, F_WRLCK);
  while (fcntl(file_, F_OFD_SETLKW, &lock) != 0 && errno == EINTR) {
  }
}

void ClaimLock::end_turn() { release(kTurn); }

}  // namespace autoglm
