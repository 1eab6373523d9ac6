#include "trainer/launch/supervisor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <random>
#include <system_error>

#include "search_space/configuration.h"

namespace autoglm {
namespace {

constexpr std::chrono::milliseconds kMetricsPeriod{100};
constexpr std::size_t kMaxConnections = 256;
constexpr std::size_t kMaxQuestion = 80;

/// What became readable: the kind, and which one of that kind (an attempt's id or a descriptor).
enum class Source : std::uint64_t {
  wake,
  guardian,
  listener,
  asker,
  outputs,
  control,
  output,
  errors
};

std::uint64_t key_of(Source source, std::uint64_t which = 0) {
  return which << 3U | static_cast<std::uint64_t>(source);
}
Source source_of(std::uint64_t key) { return static_cast<Source>(key & 7U); }
std::uint64_t which_of(std::uint64_t key) { return key >> 3U; }

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
  FileDescriptor read_end{};  // does not block
  FileDescriptor write_end{};
};

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    fail("cannot make a pipe");
  }
  Pipe pipe{.read_end = FileDescriptor(ends[0]), .write_end = FileDescriptor(ends[1])};
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return pipe;
}

std::string new_channel_name() {
  std::random_device random;
  return fmt::format("autoglm-{}-{:08x}{:08x}", ::getpid(), random(), random());
}

SteadyClock::duration duration_of(double seconds) {
  constexpr double kCentury = 3.2e9;  // seconds; more would overflow the clock
  return std::chrono::duration_cast<SteadyClock::duration>(
      std::chrono::duration<double>(std::min(seconds, kCentury)));
}

AttemptLimits limits_of(const CommandSpec& spec) {
  AttemptLimits limits{.timeout_text = spec.timeout_text, .grace = duration_of(spec.grace_seconds)};
  if (spec.timeout_seconds) {
    limits.timeout = duration_of(*spec.timeout_seconds);
  }
  return limits;
}

bool has_nul(const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(),
                     [](const std::string& text) { return text.find('\0') != std::string::npos; });
}

}  // namespace

Supervisor::Supervisor(CommandSpec spec, CommandRunnerOptions options, GpuSlots gpus)
    : spec_(std::move(spec)),
      options_(std::move(options)),
      capture_(spec_.capture),
      limits_(limits_of(spec_)),
      channel_(new_channel_name()),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      events_([this] { wake(); }),
      gpus_(std::move(gpus)) {
  if (!wake_) {
    fail("cannot watch processes");
  }
  poller_.add(wake_.get(), key_of(Source::wake));
  poller_.add(outputs_.descriptor(), key_of(Source::outputs));
  listener_ = listen_at(channel_);
  if (listener_) {  // without it, `autoglm log` reports and is never told to stop
    poller_.add(listener_.get(), key_of(Source::listener));
  }
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
  guardian_ = std::make_unique<GuardianProcess>(options_.guardian_program);
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
    case Source::listener:
      return on_connection();
    case Source::asker:
      return on_question(static_cast<int>(which_of(key)));
    case Source::outputs:
      return on_outputs();
    case Source::control:
      if (const auto attempt = attempts_.find(which_of(key)); attempt != attempts_.end()) {
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
    const auto attempt = attempts_.find(which_of(ready.data.u64));
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
  if (RunningAttempt* attempt = find(request.trial, request.attempt)) {
    attempt->answer(request.action);
  }
}

void Supervisor::handle(const StopRequest& request) {
  for (const auto& [id, attempt] : attempts_) {
    attempt->stop(StopCause::interrupt, request.haste);
  }
}

void Supervisor::handle(const RunRequest& request) {
  RunningAttempt::Identity identity{
      .trial = request.trial,
      .attempt = request.attempt,
      .directory = attempt_path(options_.trials_directory, request.trial, request.attempt),
      .devices = gpus_.take()};
  try {
    launch(request, identity);
  } catch (const std::system_error& error) {
    gpus_.give_back(identity.devices);
    refuse(request, identity.directory, error.what());
  }
}

void Supervisor::launch(const RunRequest& request, RunningAttempt::Identity identity) {
  if (!guardian_) {
    start_guardian();
  }
  const LaunchJob job = job_for(request, identity.directory, identity.devices);
  AttemptDirectory directory =
      make_attempt_directory(identity.directory, configuration_json(request.configuration));
  identity.program = job.arguments[0];
  identity.directory = job.directory;
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  auto [ours, theirs] = socket_pair();
  const std::uint64_t id = next_id_++;
  if (!guardian_->launch(id, {.control = std::move(theirs),
                              .output = std::move(output.write_end),
                              .errors = std::move(errors.write_end),
                              .job = write_job(job)})) {
    fail("the guardian of the trials does not take a command");
  }
  poller_.add(ours.get(), key_of(Source::control, id));
  attempts_.emplace(id, std::make_unique<RunningAttempt>(
                            std::move(identity), std::move(ours), std::move(directory),
                            std::array{std::move(output.read_end), std::move(errors.read_end)},
                            capture_, limits_, events_));
}

LaunchJob Supervisor::job_for(const RunRequest& request, const std::string& directory,
                              const std::string& devices) const {
  const TrialFacts facts{.number = request.trial,
                         .attempt = request.attempt,
                         .repeat = request.repeat,
                         .seed = request.seed,
                         .directory = directory,
                         .study_name = options_.study_name};
  const TrialPlaces places{
      .autoglm_program = options_.autoglm_program,
      .metrics_file = directory + "/metrics.jsonl",
      .channel = fmt::format("{}/{}/{}", channel_, request.trial, request.attempt),
      .devices = devices};
  LaunchJob job{.directory = spec_.cwd,
                .arguments = command_line(spec_, request.configuration, facts),
                .environment = trial_environment(inherited_, spec_, request, facts, places)};
  if (has_nul(job.arguments) || has_nul(job.environment)) {
    throw std::system_error(EINVAL, std::generic_category(),
                            "a value with a NUL character cannot be given to a program");
  }
  return job;
}

void Supervisor::refuse(const RunRequest& request, const std::string& directory,
                        const std::string& detail) {
  events_.push(Started{.trial = request.trial, .attempt = request.attempt, .directory = directory});
  events_.push(Finished{.trial = request.trial,
                        .attempt = request.attempt,
                        .ending = Ending::not_started,
                        .detail = detail});
}

RunningAttempt* Supervisor::find(std::int64_t trial, int attempt) {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(), [&](const auto& entry) {
    const RunningAttempt::Identity& identity = entry.second->identity();
    return identity.trial == trial && identity.attempt == attempt;
  });
  return found == attempts_.end() ? nullptr : found->second.get();
}

std::size_t Supervisor::open_connections() const {
  std::size_t count = askers_.size();
  for (const auto& [id, attempt] : attempts_) {
    count += attempt->askers();
  }
  return count;
}

void Supervisor::on_connection() {
  FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  // Whoever is turned away goes on without a verdict.
  if (!socket || !is_same_user(socket.get()) || open_connections() >= kMaxConnections) {
    return;
  }
  const int number = socket.get();
  poller_.add(number, key_of(Source::asker, static_cast<std::uint64_t>(number)));
  askers_.emplace(number, Asker{.socket = std::move(socket)});
}

void Supervisor::on_question(int socket) {
  const auto asker = askers_.find(socket);
  if (asker == askers_.end()) {
    return;
  }
  std::array<char, kMaxQuestion> buffer;
  const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  std::string& text = asker->second.text;
  text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  const std::size_t end = text.find('\n');
  if (end == std::string::npos && count > 0 && text.size() < kMaxQuestion) {
    return;
  }
  poller_.remove(socket);
  const auto question = parse_question(std::string_view(text).substr(0, end));
  RunningAttempt* attempt = question ? find(question->trial, question->attempt) : nullptr;
  if (attempt != nullptr && end != std::string::npos) {
    attempt->ask(std::move(asker->second.socket), question->offset);
    attempt->read_metrics();
  }
  askers_.erase(asker);
}

}  // namespace autoglm
