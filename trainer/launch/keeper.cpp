#include "trainer/launch/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>

#include "trainer/launch/process_tree.h"
#include "trainer/launch/program_lookup.h"
#include "trainer/launch/spawn_attributes.h"

namespace autoglm {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kKillAgainMs = 5;
/// A process in an uninterruptible wait (a dead network file system) cannot be killed; the tuner
/// is told after this time nevertheless.
constexpr std::chrono::seconds kUnkillable{2};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// Texts as posix_spawn takes them; valid as long as `texts`.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

class Keeper {
 public:
  explicit Keeper(LaunchDescriptors descriptors) : descriptors_(std::move(descriptors)) {}

  /// Returns when nothing is left.
  void run();

 private:
  bool start();
  bool not_started(Obstacle obstacle, int error);
  int spawn(const std::string& path, LaunchJob& job);
  void take_orders();
  void terminate();
  void reap();
  void kill_all();
  void report_end();

  LaunchDescriptors descriptors_;
  FileDescriptor children_{watch_children()};
  pid_t program_ = 0;  // 0 once it was waited for
  int wait_status_ = 0;
  bool interrupted_ = false;
  bool terminating_ = false;  // what the program leaves behind has its grace period too
  bool tuner_gone_ = false;
  bool childless_ = false;
  bool reported_ = false;
  std::optional<SteadyClock::time_point> killing_since_{};
};

void Keeper::run() {
  if (!start()) {
    return;
  }
  while (!childless_) {
    pollfd polled[] = {
        {.fd = tuner_gone_ ? -1 : descriptors_.control.get(), .events = POLLIN, .revents = 0},
        {.fd = children_.get(), .events = POLLIN, .revents = 0}};
    ::poll(polled, 2, killing_since_ ? kKillAgainMs : -1);
    forget_ended_children(children_.get());
    reap();
    take_orders();
    if (program_ == 0 && !terminating_ && !killing_since_) {
      killing_since_ = SteadyClock::now();
    }
    if (killing_since_ && !childless_) {
      kill_all();
      if (SteadyClock::now() - *killing_since_ > kUnkillable) {
        report_end();
      }
    }
  }
  report_end();
}

bool Keeper::start() {
  LaunchJob job = read_job(descriptors_.job.get());
  if (::chdir(job.directory.c_str()) != 0) {
    return not_started(Obstacle::directory, errno);
  }
  const ProgramPlace place = find_program(job.arguments[0], job.environment);
  if (place.error != 0) {
    return not_started(Obstacle::program, place.error);
  }
  if (const int error = spawn(place.path, job); error != 0) {
    const bool is_there = ::access(place.path.c_str(), F_OK) == 0;
    return not_started(error == ENOENT && is_there ? Obstacle::interpreter : Obstacle::program,
                       error);
  }
  descriptors_.job.reset();
  descriptors_.output.reset();
  descriptors_.errors.reset();
  send_message(descriptors_.control.get(),
               KeeperReport{.event = KeeperEvent::started, .program = program_});
  return true;
}

bool Keeper::not_started(Obstacle obstacle, int error) {
  send_message(
      descriptors_.control.get(),
      KeeperReport{.event = KeeperEvent::not_started, .obstacle = obstacle, .error = error});
  return false;
}

int Keeper::spawn(const std::string& path, LaunchJob& job) {
  posix_spawnattr_t attributes = attributes_with_fresh_signals(POSIX_SPAWN_SETPGROUP);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, descriptors_.output.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, descriptors_.errors.get(), STDERR_FILENO);

  const std::vector<char*> arguments = pointers_to(job.arguments);
  const std::vector<char*> environment = pointers_to(job.environment);
  const int error = ::posix_spawn(&program_, path.c_str(), &actions, &attributes, arguments.data(),
                                  environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  program_ = error == 0 ? program_ : 0;
  return error;
}

void Keeper::take_orders() {
  Order order = Order::terminate;
  Received received = Received::nothing;
  while (!tuner_gone_ &&
         (received = receive_message(descriptors_.control.get(), order)) != Received::nothing) {
    tuner_gone_ = received == Received::end;
    interrupted_ = interrupted_ || program_ != 0;
    if (tuner_gone_ || order == Order::kill) {
      killing_since_ = killing_since_.value_or(SteadyClock::now());
    } else if (program_ != 0) {
      terminate();
    }
  }
}

void Keeper::terminate() {
  terminating_ = true;
  ::kill(-program_, SIGTERM);
  ::kill(-program_, SIGCONT);
  for (const pid_t pid : descendants_of(::getpid())) {
    if (::getpgid(pid) != program_) {
      ::kill(pid, SIGTERM);
      ::kill(pid, SIGCONT);
    }
  }
}

void Keeper::reap() {
  for (;;) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid <= 0) {
      childless_ = pid < 0 && errno == ECHILD;
      return;
    }
    if (pid == program_) {
      program_ = 0;
      wait_status_ = status;
    }
  }
}

void Keeper::kill_all() {
  if (program_ != 0) {
    ::kill(-program_, SIGKILL);
  }
  for (const pid_t pid : descendants_of(::getpid())) {
    ::kill(pid, SIGKILL);
  }
}

void Keeper::report_end() {
  if (std::exchange(reported_, true)) {
    return;
  }
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  send_message(descriptors_.control.get(),
               KeeperReport{.event = KeeperEvent::ended,
                            .wait_status = wait_status_,
                            .interrupted = interrupted_,
                            .user_seconds = seconds_of(usage.ru_utime),
                            .system_seconds = seconds_of(usage.ru_stime),
                            .peak_memory_bytes = std::int64_t{usage.ru_maxrss} * 1024});
}

}  // namespace

void run_keeper(LaunchDescriptors descriptors) {
  ::prctl(PR_SET_NAME, "trial-keeper", 0, 0, 0);
  become_subreaper();
  Keeper(std::move(descriptors)).run();
  ::_exit(0);
}

}  // namespace autoglm
