#include "cli/line_channel.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <system_error>

#include "cli/output.h"

namespace autoglm {
namespace {

int block_stop_signals() {
  sigset_t stop{};
  sigemptyset(&stop);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    sigaddset(&stop, signal);
  }
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  const int descriptor = ::signalfd(-1, &stop, SFD_CLOEXEC);
  if (descriptor < 0) {
    throw std::system_error(errno, std::generic_category(), "signalfd");
  }
  return descriptor;
}

}  // namespace

LineChannel::LineChannel(int input, int output, std::size_t longest)
    : input_(input), output_(output), longest_(longest), signals_(block_stop_signals()) {}

LineChannel::~LineChannel() { ::close(signals_); }

const std::vector<std::string_view>& LineChannel::read_lines() {
  lines_.clear();
  buffer_.erase(0, used_);
  used_ = 0;
  while (lines_.empty() && !ended_) {
    if (wait_for(input_, POLLIN) == Wake::signal) {
      break;
    }
    read_more();
    split();
  }
  return lines_;
}

/// Where the descriptor is ready and a signal is there, input waits and output goes on: answers
/// that can go out are not lost.
LineChannel::Wake LineChannel::wait_for(int descriptor, short events) {
  std::array<pollfd, 2> polled{{{descriptor, events, 0}, {signals_, POLLIN, 0}}};
  while (::poll(polled.data(), polled.size(), -1) < 0) {
    if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "poll");
    }
  }
  const bool is_writable = events == POLLOUT && polled[0].revents != 0;
  if (polled[1].revents == 0 || is_writable) {
    return Wake::ready;
  }
  signalfd_siginfo info{};
  if (::read(signals_, &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
    signal_ = static_cast<int>(info.ssi_signo);
  }
  ended_ = true;
  return Wake::signal;
}

void LineChannel::read_more() {
  std::array<char, 65536> block;  // NOLINT: filled by read
  const ssize_t n = ::read(input_, block.data(), block.size());
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
    return;
  }
  if (n <= 0) {
    ended_ = true;
    buffer_ += buffer_.empty() ? "" : "\n";
    return;
  }
  std::string_view text(block.data(), static_cast<std::size_t>(n));
  if (skipping_) {
    text.remove_prefix(std::min(text.find('\n'), text.size()));
    skipping_ = text.empty();
  }
  buffer_ += text;
}

void LineChannel::split() {
  const std::string_view text = buffer_;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos;
       end = text.find('\n', used_)) {
    lines_.push_back(text.substr(used_, end - used_));
    used_ = end + 1;
  }
  if (buffer_.size() - used_ > longest_) {
    buffer_.resize(used_ + longest_ + 1);
    skipping_ = true;
  }
}

void LineChannel::write(std::string_view text) {
  while (!text.empty() && wait_for(output_, POLLOUT) == Wake::ready) {
    // A pipe that polls as writable takes this much without blocking.
    const ssize_t n = ::write(output_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EPIPE) {
      ended_ = true;
      return;
    } else if (errno != EINTR && errno != EAGAIN) {
      throw OutputError(fmt::format("standard output: cannot be written: {}",
                                    std::generic_category().message(errno)));
    }
  }
}

}  // namespace autoglm
