// Waits for descriptors to become readable.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <system_error>

#include "trainer/launch/file_descriptor.h"

namespace autoglm {

/// Each descriptor has a key, by which its readiness (or its end) is told. Closing a descriptor
/// takes it out, provided that it was the only one of its kind.
class Poller {
 public:
  Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_) {
      throw std::system_error(errno, std::generic_category(), "cannot watch processes");
    }
  }

  int descriptor() const { return epoll_.get(); }

  void add(int descriptor, std::uint64_t key) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = key}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
  }
  void remove(int descriptor) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr); }

  /// Valid until the next call. Negative: without limit.
  std::span<const epoll_event> wait(int timeout_ms) {
    const int count = ::epoll_wait(epoll_.get(), ready_.data(), kAtATime, timeout_ms);
    return {ready_.data(), count < 0 ? 0 : static_cast<std::size_t>(count)};
  }

 private:
  FileDescriptor epoll_;
  static constexpr int kAtATime = 64;
  std::array<epoll_event, kAtATime> ready_{};
};

}  // namespace autoglm
