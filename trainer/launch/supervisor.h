// The thread that watches over all running attempts.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "trainer/launch/attempt_launcher.h"
#include "trainer/launch/gpu_slots.h"
#include "trainer/launch/poller.h"
#include "trainer/launch/verdict_desk.h"

namespace autoglm {

/// What the study's thread asks for.
struct AnswerRequest {
  std::int64_t trial = 0;
  int attempt = 1;
  Action action = Action::go_on;
};
struct StopRequest {
  TrialRunner::Haste haste = TrialRunner::Haste::with_grace;
};
using SupervisorRequest = std::variant<RunRequest, AnswerRequest, StopRequest>;

/// One thread, which alone touches attempts, the guardian and their descriptors. Events come out of
/// events(), requests go in by post().
class Supervisor {
 public:
  /// Starts the guardian and the thread. Throws std::system_error.
  Supervisor(CommandSpec spec, CommandRunnerOptions options, GpuSlots gpus);
  /// Kills what runs.
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // For the study's thread.
  void post(SupervisorRequest request);
  EventQueue& events() { return events_; }
  pid_t guardian_pid() const { return guardian_pid_; }

 private:
  using Attempts = std::map<std::uint64_t, std::unique_ptr<RunningAttempt>>;

  void run();
  void wake() const;
  int milliseconds_to_wait(bool throttled);
  void set_throttled(bool throttled);

  void on_ready(std::uint64_t key);
  void on_outputs();
  void on_requests();
  void on_guardian();
  void on_control(std::uint64_t id, RunningAttempt& attempt);

  void handle(const RunRequest& request);
  void handle(const AnswerRequest& request);
  void handle(const StopRequest& request);
  void refuse(const RunRequest& request, const std::string& detail);
  void start_guardian();
  RunningAttempt* find(const AskerOrigin& origin);
  void look_at_attempts();

  FileDescriptor wake_;
  EventQueue events_;
  std::mutex mutex_{};  // of requests_ and quit_
  std::vector<SupervisorRequest> requests_{};
  bool quit_ = false;
  std::atomic<pid_t> guardian_pid_{0};

  // From here on: the thread's own.
  VerdictDesk desk_{};
  AttemptLauncher launcher_;
  GpuSlots gpus_;
  Poller poller_{};
  Poller outputs_{};  // the pipes; itself in poller_ unless throttled
  bool throttled_ = false;
  std::unique_ptr<GuardianProcess> guardian_{};
  std::uint64_t next_id_ = 0;
  Attempts attempts_{};
  SteadyClock::time_point next_deadline_ = SteadyClock::time_point::max();
  SteadyClock::time_point metrics_at_{};  // the next look at metrics files
  std::thread thread_{};
};

}  // namespace autoglm
