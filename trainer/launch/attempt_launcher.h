// From a request to a program that runs: directory, command, environment, pipes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "optimizer/trial_runner.h"
#include "trainer/launch/capture.h"
#include "trainer/launch/command_runner.h"
#include "trainer/launch/event_queue.h"
#include "trainer/launch/guardian_process.h"
#include "trainer/launch/running_attempt.h"
#include "trainer/launch/trial_environment.h"

namespace autoglm {

class AttemptLauncher {
 public:
  /// `events` is not owned and must outlive this; this must outlive the attempts that it launches.
  AttemptLauncher(CommandSpec spec, CommandRunnerOptions options, std::string channel,
                  EventQueue& events);

  const CommandRunnerOptions& options() const { return options_; }
  std::string directory_of(const RunRequest& request) const;

  /// Hands the program to the guardian, under `id`. `devices` is what the attempt holds. `guardian`
  /// must live until the attempt has ended. Throws std::system_error.
  std::unique_ptr<RunningAttempt> launch(const RunRequest& request, std::uint64_t id,
                                         const std::string& devices, GuardianProcess& guardian);

 private:
  TrialFacts facts_of(const RunRequest& request) const;
  LaunchJob job_for(const RunRequest& request, const std::string& devices) const;

  const CommandSpec spec_;
  const CommandRunnerOptions options_;
  const std::string channel_;  // the name of the socket at which `autoglm log` asks
  const Environment inherited_{inherited_environment()};
  const Capture capture_;
  const AttemptLimits limits_;
  EventQueue& events_;
};

}  // namespace autoglm
