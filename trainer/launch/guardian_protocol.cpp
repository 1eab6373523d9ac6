#include "trainer/launch/guardian_protocol.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace autoglm {
namespace {

constexpr std::size_t kDescriptors = 4;
constexpr std::size_t kControlSize = CMSG_SPACE(kDescriptors * sizeof(int));

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Texts that each end in NUL, one after the other.
class TextReader {
 public:
  explicit TextReader(std::string_view bytes) : bytes_(bytes) {}

  std::string text() {
    const std::size_t end = bytes_.find('\0');
    std::string result(bytes_.substr(0, end));
    bytes_.remove_prefix(std::min(end, bytes_.size() - 1) + 1);
    return result;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> result(std::stoul(text()));
    for (std::string& item : result) {
      item = text();
    }
    return result;
  }

 private:
  std::string_view bytes_;
};

Received received(ssize_t count, std::size_t expected) {
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    return Received::nothing;
  }
  return count == static_cast<ssize_t>(expected) ? Received::message : Received::end;
}

}  // namespace

FileDescriptor write_job(const LaunchJob& job) {
  std::string bytes = job.directory + '\0';
  for (const std::vector<std::string>* texts : {&job.arguments, &job.environment}) {
    bytes += std::to_string(texts->size()) + '\0';
    for (const std::string& text : *texts) {
      bytes += text + '\0';
    }
  }
  FileDescriptor file(::memfd_create("autoglm-job", MFD_CLOEXEC));
  if (!file || write_all(file.get(), bytes) != 0) {
    fail("cannot hand over a command");
  }
  return file;
}

LaunchJob read_job(int file) {
  struct stat status {};
  ::fstat(file, &status);
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count =
        ::pread(file, bytes.data() + size, bytes.size() - size, static_cast<off_t>(size));
    if (count <= 0) {
      fail("cannot read a command");
    }
    size += static_cast<std::size_t>(count);
  }
  TextReader reader(bytes);
  LaunchJob job;
  job.directory = reader.text();
  job.arguments = reader.texts();
  job.environment = reader.texts();
  return job;
}

std::array<FileDescriptor, 2> socket_pair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    fail("cannot make a socket");
  }
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

bool send_launch(int socket, std::uint64_t id, const LaunchDescriptors& descriptors) {
  const int numbers[kDescriptors] = {descriptors.control.get(), descriptors.output.get(),
                                     descriptors.errors.get(), descriptors.job.get()};
  GuardianOrder order{.kind = GuardianOrder::Kind::launch, .id = id};
  iovec part{.iov_base = &order, .iov_len = sizeof(order)};
  alignas(cmsghdr) char control[kControlSize] = {};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof(control);
  cmsghdr* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(numbers));
  std::memcpy(CMSG_DATA(rights), numbers, sizeof(numbers));
  return ::sendmsg(socket, &header, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof(order));
}

Received receive_order(int socket, GuardianOrder& order, LaunchDescriptors& descriptors) {
  iovec part{.iov_base = &order, .iov_len = sizeof(order)};
  alignas(cmsghdr) char control[kControlSize] = {};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof(control);
  const Received result =
      received(::recvmsg(socket, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT), sizeof(order));
  const cmsghdr* rights = result == Received::message ? CMSG_FIRSTHDR(&header) : nullptr;
  int numbers[kDescriptors] = {-1, -1, -1, -1};
  if (rights != nullptr && rights->cmsg_len == CMSG_LEN(sizeof(numbers))) {
    std::memcpy(numbers, CMSG_DATA(rights), sizeof(numbers));
  }
  descriptors.control.reset(numbers[0]);
  descriptors.output.reset(numbers[1]);
  descriptors.errors.reset(numbers[2]);
  descriptors.job.reset(numbers[3]);
  return result;
}

bool send_bytes(int socket, const void* data, std::size_t size) {
  return ::send(socket, data, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

Received receive_bytes(int socket, void* data, std::size_t size) {
  return received(::recv(socket, data, size, MSG_DONTWAIT), size);
}

}  // namespace autoglm
