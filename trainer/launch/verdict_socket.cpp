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

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_all = error == std::errc{} && end == text.data() + text.size();
  return is_all ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<AskerOrigin> parse_origin(std::string_view line) {
  const std::size_t slash = line.find('/');
  if (slash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto trial = parse_number<std::int64_t>(line.substr(0, slash));
  const auto attempt = parse_number<int>(line.substr(slash + 1));
  return trial && attempt ? std::optional(AskerOrigin{*trial, *attempt}) : std::nullopt;
}

std::optional<std::int64_t> parse_offset(std::string_view line) {
  return parse_number<std::int64_t>(line);
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
