#include "trainer/launch/verdict_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace autoglm {
namespace {

struct AbstractAddress {
  sockaddr_un address{};
  socklen_t length = 0;
};

AbstractAddress abstract_address(const std::string& name) {
  AbstractAddress result;
  result.address.sun_family = AF_UNIX;
  const std::size_t size = std::min(name.size(), sizeof(result.address.sun_path) - 1);
  std::memcpy(result.address.sun_path + 1, name.data(), size);
  result.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + size);
  return result;
}

FileDescriptor stream_socket(int flags) {
  return FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
}

/// Takes a number and what must follow it (NUL: nothing) from the beginning of `text`.
template <typename Number>
bool take_number(std::string_view& text, char after, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const bool fits =
      error == std::errc{} && (after == '\0' ? text.empty() : text.starts_with(after));
  text.remove_prefix(fits && after != '\0' ? 1 : 0);
  return fits;
}

}  // namespace

std::optional<VerdictQuestion> parse_question(std::string_view line) {
  VerdictQuestion question;
  const bool fits = take_number(line, '/', question.trial) &&
                    take_number(line, ' ', question.attempt) &&
                    take_number(line, '\0', question.offset);
  return fits ? std::optional(question) : std::nullopt;
}

FileDescriptor listen_at(const std::string& name) {
  FileDescriptor socket = stream_socket(SOCK_NONBLOCK);
  const AbstractAddress at = abstract_address(name);
  const bool listens =
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&at.address), at.length) == 0 &&
      ::listen(socket.get(), SOMAXCONN) == 0;
  return listens ? std::move(socket) : FileDescriptor();
}

FileDescriptor connect_to(const std::string& name) {
  FileDescriptor socket = stream_socket(0);
  const AbstractAddress at = abstract_address(name);
  const bool connected =
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&at.address), at.length) == 0;
  return connected ? std::move(socket) : FileDescriptor();
}

bool is_same_user(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == ::geteuid() || peer.uid == 0);
}

}  // namespace autoglm
