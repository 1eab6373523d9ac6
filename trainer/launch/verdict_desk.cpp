#include "trainer/launch/verdict_desk.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <iterator>
#include <random>
#include <string_view>

namespace autoglm {
namespace {

constexpr std::size_t kMaxText = 80;

std::string new_name() {
  std::random_device random;
  return fmt::format("autoglm-{}-{:08x}{:08x}", ::getpid(), random(), random());
}

void tell(int socket, std::string_view line) {
  if (::send(socket, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    return;  // the asker is gone
  }
}

/// Takes a line from the beginning of `text`; false when there is no whole one.
bool take_line(std::string& text, std::string& line) {
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) {
    return false;
  }
  line = text.substr(0, end);
  text.erase(0, end + 1);
  return true;
}

}  // namespace

VerdictDesk::VerdictDesk() : name_(new_name()), listener_(listen_at(name_)) {
  if (listener_) {
    poller_.add(listener_.get(), static_cast<std::uint64_t>(listener_.get()));
  }
}

void VerdictDesk::look() {
  for (const epoll_event& ready : poller_.wait(0)) {
    const int socket = static_cast<int>(ready.data.u64);
    if (socket == listener_.get()) {
      welcome();
    } else if (const auto asker = askers_.find(socket);
               asker != askers_.end() && !listen_to(asker->second)) {
      askers_.erase(asker);
    }
  }
}

void VerdictDesk::welcome() {
  FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket || !is_same_user(socket.get()) || askers_.size() >= kMaxAskers) {
    return;
  }
  const int number = socket.get();
  Asker asker{.socket = std::move(socket)};
  // What it said with its arrival counts from now: its report may be judged any moment.
  if (listen_to(asker)) {
    poller_.add(number, static_cast<std::uint64_t>(number));
    askers_.emplace(number, std::move(asker));
  }
}

/// False when the asker is gone, or makes no sense.
bool VerdictDesk::listen_to(Asker& asker) {
  std::array<char, kMaxText> buffer;
  const ssize_t count = ::recv(asker.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0) {
    return errno == EAGAIN || errno == EINTR;
  }
  asker.text.append(buffer.data(), static_cast<std::size_t>(count));
  std::string line;
  if (!asker.origin && take_line(asker.text, line)) {
    asker.origin = parse_origin(line);
    if (!asker.origin) {
      return false;
    }
  }
  if (asker.origin && !asker.offset && take_line(asker.text, line)) {
    asker.offset = parse_offset(line);
    if (!asker.offset) {
      return false;
    }
  }
  return count > 0 && asker.text.size() < kMaxText;
}

void VerdictDesk::settle(const Find& find) {
  for (auto asker = askers_.begin(); asker != askers_.end();) {
    asker = is_settled(asker->second, find) ? askers_.erase(asker) : std::next(asker);
  }
}

bool VerdictDesk::is_settled(Asker& asker, const Find& find) {
  if (!asker.origin) {
    return false;
  }
  RunningAttempt* attempt = find(*asker.origin);
  if (attempt == nullptr) {
    return true;
  }
  if (attempt->is_stopped_by_verdict()) {
    tell(asker.socket.get(), "stop\n");
    return true;
  }
  if (!asker.offset) {
    return false;
  }
  if (!asker.reports && attempt->has_read_metrics_to(*asker.offset)) {
    asker.reports = attempt->reports();
  }
  if (!asker.reports || *asker.reports > attempt->verdicts()) {
    return false;
  }
  tell(asker.socket.get(), "go_on\n");
  return true;
}

bool VerdictDesk::tell_to_stop(const AskerOrigin& origin) {
  return std::erase_if(askers_, [&](const auto& entry) {
           const Asker& asker = entry.second;
           const bool is_meant = asker.origin == origin;
           if (is_meant) {
             tell(asker.socket.get(), "stop\n");
           }
           return is_meant;
         }) > 0;
}

}  // namespace autoglm
