#include "trainer/launch/supervisor.h"

#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace autoglm {
namespace {

constexpr std::chrono::milliseconds kMetricsPeriod{100};

/// What became readable; the last three are those of an attempt.
enum class Source : std::uint64_t { wake, guardian, desk, outputs, control, output, errors };

std::uint64_t key_of(Source source, std::uint64_t attempt = 0) {
  return attempt << 3U | static_cast<std::uint64_t>(source);
}
Source source_of(std::uint64_t key) { return static_cast<Source>(key & 7U); }
std::uint64_t attempt_of(std::uint64_t key) { return key >> 3U; }

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Supervisor::Supervisor(CommandSpec spec, CommandRunnerOptions options, GpuSlots gpus)
    : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      events_([this] { wake(); }),
      launcher_(std::move(spec), std::move(options), desk_.name(), events_),
      gpus_(std::move(gpus)) {
  if (!wake_) {
    fail("cannot watch processes");
  }
  poller_.add(wake_.get(), key_of(Source::wake));
  poller_.add(desk_.descriptor(), key_of(Source::desk));
  poller_.add(outputs_.descriptor(), key_of(Source::outputs));
  start_guardian();

  // Signals are for the threads of the study.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Supervisor::~Supervisor() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
  }
  wake();
  thread_.join();
}

void Supervisor::post(SupervisorRequest request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  wake();
}

void Supervisor::wake() const {
  if (::eventfd_write(wake_.get(), 1) != 0) {
    return;  // the counter is full: the thread will wake anyway
  }
}

void Supervisor::start_guardian() {
  guardian_ = std::make_unique<GuardianProcess>(launcher_.options().guardian_program);
  guardian_pid_ = guardian_->pid();
  poller_.add(guardian_->socket(), key_of(Source::guardian));
}

void Supervisor::run() {
  for (;;) {
    set_throttled(events_.is_long());
    for (const epoll_event& ready : poller_.wait(milliseconds_to_wait(throttled_))) {
      on_ready(ready.data.u64);
    }
    on_requests();
    {
      const std::lock_guard lock(mutex_);
      if (quit_) {
        return;
      }
    }
    look_at_attempts();
    desk_.settle([this](const AskerOrigin& origin) { return find(origin); });
  }
}

void Supervisor::set_throttled(bool throttled) {
  if (throttled == throttled_) {
    return;
  }
  throttled_ = throttled;
  if (throttled) {
    poller_.remove(outputs_.descriptor());
  } else {
    poller_.add(outputs_.descriptor(), key_of(Source::outputs));
  }
}

int Supervisor::milliseconds_to_wait(bool throttled) {
  auto until = next_deadline_;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt->has_ended() && !throttled) {
      return 0;  // there is more to read
    }
    if (attempt->is_running()) {
      until = std::min(until, metrics_at_);
    }
  }
  if (until == SteadyClock::time_point::max()) {
    return -1;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - SteadyClock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void Supervisor::look_at_attempts() {
  const auto now = SteadyClock::now();
  const bool look_at_metrics = now >= metrics_at_;
  if (look_at_metrics) {
    metrics_at_ = now + kMetricsPeriod;
  }
  next_deadline_ = SteadyClock::time_point::max();
  for (auto i = attempts_.begin(); i != attempts_.end();) {
    RunningAttempt& attempt = *i->second;
    if (look_at_metrics && attempt.is_running()) {
      attempt.read_metrics();
    }
    next_deadline_ = std::min(next_deadline_, attempt.keep_time(now));
    if (attempt.has_ended() && attempt.finish()) {
      gpus_.give_back(attempt.identity().devices);
      i = attempts_.erase(i);
    } else {
      ++i;
    }
  }
}

void Supervisor::on_ready(std::uint64_t key) {
  switch (source_of(key)) {
    case Source::wake: {
      eventfd_t count = 0;
      ::eventfd_read(wake_.get(), &count);
      return;
    }
    case Source::guardian:
      return on_guardian();
    case Source::desk:
      return desk_.look();
    case Source::outputs:
      return on_outputs();
    case Source::control:
      if (const auto attempt = attempts_.find(attempt_of(key)); attempt != attempts_.end()) {
        on_control(attempt->first, *attempt->second);
      }
      return;
    case Source::output:
    case Source::errors:
      return;  // these are in outputs_
  }
}

void Supervisor::on_outputs() {
  for (const epoll_event& ready : outputs_.wait(0)) {
    if (events_.is_long()) {
      return;
    }
    const auto attempt = attempts_.find(attempt_of(ready.data.u64));
    if (attempt != attempts_.end() && attempt->second->is_running()) {
      const bool is_output = source_of(ready.data.u64) == Source::output;
      attempt->second->output().read(is_output ? TrialOutput::Stream::output
                                               : TrialOutput::Stream::errors);
    }
  }
}

void Supervisor::on_control(std::uint64_t id, RunningAttempt& attempt) {
  if (attempt.hear_keeper()) {
    const TrialOutput& output = attempt.output();
    outputs_.add(output.descriptor(TrialOutput::Stream::output), key_of(Source::output, id));
    outputs_.add(output.descriptor(TrialOutput::Stream::errors), key_of(Source::errors, id));
  }
}

void Supervisor::on_guardian() {
  KeeperGone gone;
  const Received received = guardian_ ? guardian_->receive(gone) : Received::nothing;
  if (received == Received::message) {
    if (const auto attempt = attempts_.find(gone.id); attempt != attempts_.end()) {
      attempt->second->lose_keeper("killed together with the process that kept it");
    }
  } else if (received == Received::end) {
    for (const auto& [id, attempt] : attempts_) {
      attempt->lose_keeper("killed together with the guardian of the trials");
    }
    guardian_.reset();
  }
}

void Supervisor::on_requests() {
  std::vector<SupervisorRequest> requests;
  {
    const std::lock_guard lock(mutex_);
    requests.swap(requests_);
  }
  for (const SupervisorRequest& request : requests) {
    std::visit([this](const auto& one) { handle(one); }, request);
  }
}

void Supervisor::handle(const AnswerRequest& request) {
  const AskerOrigin origin{.trial = request.trial, .attempt = request.attempt};
  if (RunningAttempt* attempt = find(origin)) {
    const bool told = request.action == Action::stop && desk_.tell_to_stop(origin);
    attempt->answer(request.action, told);
  }
}

void Supervisor::handle(const StopRequest& request) {
  for (const auto& [id, attempt] : attempts_) {
    attempt->stop(StopCause::interrupt, request.haste);
  }
}

void Supervisor::handle(const RunRequest& request) {
  const std::string devices = gpus_.take();
  const std::uint64_t id = next_id_++;
  try {
    if (!guardian_) {
      start_guardian();
    }
    auto attempt = launcher_.launch(request, id, devices, *guardian_);
    poller_.add(attempt->control(), key_of(Source::control, id));
    attempts_.emplace(id, std::move(attempt));
  } catch (const std::system_error& error) {
    gpus_.give_back(devices);
    refuse(request, error.what());
  }
}

void Supervisor::refuse(const RunRequest& request, const std::string& detail) {
  events_.push(Started{.trial = request.trial,
                       .attempt = request.attempt,
                       .directory = launcher_.directory_of(request)});
  events_.push(Finished{.trial = request.trial,
                        .attempt = request.attempt,
                        .ending = Ending::not_started,
                        .detail = detail});
}

RunningAttempt* Supervisor::find(const AskerOrigin& origin) {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(), [&](const auto& entry) {
    const RunningAttempt::Identity& identity = entry.second->identity();
    return identity.trial == origin.trial && identity.attempt == origin.attempt;
  });
  return found == attempts_.end() ? nullptr : found->second.get();
}

}  // namespace autoglm
