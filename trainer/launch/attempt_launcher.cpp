#include "trainer/launch/attempt_launcher.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "search_space/configuration.h"

namespace autoglm {
namespace {

struct Pipe {
  FileDescriptor read_end{};  // does not block
  FileDescriptor write_end{};
};

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  }
  Pipe pipe{.read_end = FileDescriptor(ends[0]), .write_end = FileDescriptor(ends[1])};
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return pipe;
}

SteadyClock::duration duration_of(double seconds) {
  return std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
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

AttemptLauncher::AttemptLauncher(CommandSpec spec, CommandRunnerOptions options,
                                 std::string channel, EventQueue& events)
    : spec_(std::move(spec)),
      options_(std::move(options)),
      channel_(std::move(channel)),
      capture_(spec_.capture),
      limits_(limits_of(spec_)),
      events_(events) {}

std::string AttemptLauncher::directory_of(const RunRequest& request) const {
  return fmt::format("{}/{}/{}", options_.trials_directory, request.trial, request.attempt);
}

std::unique_ptr<RunningAttempt> AttemptLauncher::launch(const RunRequest& request, std::uint64_t id,
                                                        const std::string& devices,
                                                        GuardianProcess& guardian) {
  const LaunchJob job = job_for(request, devices);
  AttemptDirectory directory = make_attempt_directory(
      directory_of(request), configuration_json(request.configuration),
      spec_.section ? spec_.section(request.configuration, facts_of(request)) : "");
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  auto [ours, theirs] = socket_pair();
  if (!guardian.launch(id, {.control = std::move(theirs),
                            .output = std::move(output.write_end),
                            .errors = std::move(errors.write_end),
                            .job = write_job(job)})) {
    throw std::system_error(errno, std::generic_category(),
                            "the guardian of the trials does not take a command");
  }
  return std::make_unique<RunningAttempt>(
      RunningAttempt::Identity{.trial = request.trial,
                               .attempt = request.attempt,
                               .program = job.arguments[0],
                               .directory = job.directory,
                               .devices = devices},
      RunningAttempt::Connections{.control = std::move(ours),
                                  .pipes = {std::move(output.read_end), std::move(errors.read_end)},
                                  .directory = std::move(directory),
                                  .kill_keeper = [&guardian, id] { guardian.kill_keeper(id); }},
      capture_, limits_, events_);
}

TrialFacts AttemptLauncher::facts_of(const RunRequest& request) const {
  return {.number = request.trial,
          .attempt = request.attempt,
          .repeat = request.repeat,
          .seed = request.seed,
          .directory = directory_of(request),
          .study_name = options_.study_name};
}

LaunchJob AttemptLauncher::job_for(const RunRequest& request, const std::string& devices) const {
  const TrialFacts facts = facts_of(request);
  const std::string& directory = facts.directory;
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

}  // namespace autoglm
