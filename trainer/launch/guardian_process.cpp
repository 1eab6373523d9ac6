#include "trainer/launch/guardian_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "trainer/launch/spawn_attributes.h"

namespace autoglm {
namespace {

constexpr int kGreetingMs = 10'000;
constexpr timeval kSendTimeout{.tv_sec = 2, .tv_usec = 0};  // a guardian that was stopped

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

/// In a session of its own, so that what is typed at the terminal reaches neither it nor trials.
pid_t spawn(const std::string& program, int socket) {
  posix_spawnattr_t attributes = attributes_with_fresh_signals(POSIX_SPAWN_SETSID);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, socket, kGuardianSocket);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0);
  }

  std::string name = kGuardianName;
  char* arguments[] = {name.data(), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    fail(error, "cannot start the guardian of the trials");
  }
  return pid;
}

}  // namespace

GuardianProcess::GuardianProcess(const std::string& program) {
  auto [ours, theirs] = socket_pair();
  ::setsockopt(ours.get(), SOL_SOCKET, SO_SNDTIMEO, &kSendTimeout, sizeof(kSendTimeout));
  pid_ = spawn(program, theirs.get());
  theirs.reset();
  socket_ = std::move(ours);

  pollfd polled{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  while (::poll(&polled, 1, kGreetingMs) < 0 && errno == EINTR) {
  }
  Greeting greeting;
  const Received received = receive_message(socket_.get(), greeting);
  if (received == Received::message && greeting.error == 0) {
    return;
  }
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  if (received == Received::message) {
    fail(greeting.error, "the guardian of the trials cannot list processes in /proc");
  }
  fail(ETIMEDOUT, "the guardian of the trials does not answer");
}

GuardianProcess::~GuardianProcess() {
  socket_.reset();
  ::kill(pid_, SIGCONT);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace autoglm
