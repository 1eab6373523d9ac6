#include "trainer/launch/guardian.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <map>

#include "trainer/launch/guardian_protocol.h"
#include "trainer/launch/keeper.h"
#include "trainer/launch/process_tree.h"

namespace autoglm {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kLookAgainMs = 5;
// After the tuner's death: keepers end by themselves, then they are killed too, then this process
// ends even if something cannot be killed. Trials outlive a tuner by less than two seconds.
constexpr std::chrono::milliseconds kKeepersMayTake{700};
constexpr std::chrono::milliseconds kAllMayTake{1800};

class Guardian {
 public:
  explicit Guardian(int socket) : socket_(socket) {}

  /// Until the tuner is gone, and then until nothing is left.
  void run();

 private:
  bool take_orders();
  void kill_keeper(std::uint64_t id);
  void launch(std::uint64_t id, LaunchDescriptors descriptors);
  void reap();
  void kill_strays();
  void end();

  FileDescriptor socket_;
  FileDescriptor children_{watch_children()};
  std::map<pid_t, std::uint64_t> keepers_{};
  std::vector<std::uint64_t> gone_{};  // keepers that ended without a report, to be told of
  bool has_strays_ = false;            // what such a keeper kept is ours now
};

void Guardian::run() {
  send_message(socket_.get(), Greeting{.error = can_list_children() ? 0 : ENOSYS});
  for (bool tuner_lives = true; tuner_lives;) {
    pollfd polled[] = {{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                       {.fd = children_.get(), .events = POLLIN, .revents = 0}};
    ::poll(polled, 2, has_strays_ ? kLookAgainMs : -1);
    forget_ended_children(children_.get());
    reap();
    kill_strays();
    tuner_lives = take_orders();
  }
  end();
}

bool Guardian::take_orders() {
  for (;;) {
    GuardianOrder order;
    LaunchDescriptors descriptors;
    const Received received = receive_order(socket_.get(), order, descriptors);
    if (received != Received::message) {
      return received == Received::nothing;
    }
    if (order.kind == GuardianOrder::Kind::launch) {
      launch(order.id, std::move(descriptors));
    } else {
      kill_keeper(order.id);
    }
  }
}

void Guardian::kill_keeper(std::uint64_t id) {
  for (const auto& [pid, keeper] : keepers_) {
    if (keeper == id) {
      ::kill(pid, SIGKILL);
    }
  }
}

void Guardian::launch(std::uint64_t id, LaunchDescriptors descriptors) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    socket_.reset();
    children_.reset();
    run_keeper(std::move(descriptors));
  }
  if (pid > 0) {
    keepers_.emplace(pid, id);
  } else {
    send_message(descriptors.control.get(), KeeperReport{.event = KeeperEvent::not_started,
                                                         .obstacle = Obstacle::process,
                                                         .error = errno});
  }
}

void Guardian::reap() {
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    const auto keeper = keepers_.find(pid);
    if (keeper == keepers_.end()) {
      continue;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      gone_.push_back(keeper->second);
      has_strays_ = true;
    }
    keepers_.erase(keeper);
  }
}

void Guardian::kill_strays() {
  if (!has_strays_) {
    return;
  }
  has_strays_ = false;
  for (const pid_t child : children_of(::getpid())) {
    if (keepers_.count(child) > 0) {
      continue;
    }
    has_strays_ = true;
    for (const pid_t pid : descendants_of(child)) {
      ::kill(pid, SIGKILL);
    }
    ::kill(child, SIGKILL);
  }
  if (!has_strays_) {
    for (const std::uint64_t id : gone_) {
      send_message(socket_.get(), KeeperGone{.id = id});
    }
    gone_.clear();
  }
}

void Guardian::end() {
  const auto since = SteadyClock::now();
  while (SteadyClock::now() - since < kAllMayTake) {
    reap();
    if (::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD) {
      return;
    }
    if (SteadyClock::now() - since > kKeepersMayTake) {
      for (const pid_t pid : descendants_of(::getpid())) {
        ::kill(pid, SIGKILL);
      }
    }
    pollfd polled{.fd = children_.get(), .events = POLLIN, .revents = 0};
    ::poll(&polled, 1, kLookAgainMs);
    forget_ended_children(children_.get());
  }
}

}  // namespace

void run_as_guardian_if_asked(int argc, char** argv) {
  if (argc != 1 || std::strcmp(argv[0], kGuardianName) != 0) {
    return;
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
    std::signal(signal, SIG_IGN);
  }
  ::prctl(PR_SET_NAME, kGuardianName, 0, 0, 0);
  ::closefrom(kGuardianSocket + 1);
  become_subreaper();
  if (::chdir("/") == 0) {  // else it stays where it is, and no harm is done
  }
  Guardian(kGuardianSocket).run();
  ::_exit(0);
}

}  // namespace autoglm
