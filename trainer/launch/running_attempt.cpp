#include "trainer/launch/running_attempt.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "search_space/value.h"

namespace autoglm {
namespace {

/// For a program that heard "stop" from `autoglm log`: it may want to say goodbye by itself.
constexpr std::chrono::seconds kOwnEnd{1};
/// Who has not carried out an order to kill by then was stopped by the trial.
constexpr std::chrono::seconds kDeaf{3};
/// A program from a slow network file system may take its time to start.
constexpr std::chrono::seconds kLongestStart{60};
/// Between two looks at the other attempts.
constexpr int kPiecesAtATime = 32;

}  // namespace

RunningAttempt::RunningAttempt(Identity identity, Connections connections, const Capture& capture,
                               const AttemptLimits& limits, EventQueue& events)
    : identity_(std::move(identity)),
      limits_(limits),
      events_(events),
      control_(std::move(connections.control)),
      kill_keeper_(std::move(connections.kill_keeper)),
      output_(std::move(connections.directory), std::move(connections.pipes), capture,
              [this](const Report& report) {
                ++reports_;
                events_.push(Reported{.trial = identity_.trial,
                                      .attempt = identity_.attempt,
                                      .step = report.step,
                                      .metrics = report.metrics});
              }) {
  finished_.trial = identity_.trial;
  finished_.attempt = identity_.attempt;
  schedule_.at(EndStep::kill) = SteadyClock::now() + kLongestStart;
}

bool RunningAttempt::hear_keeper() {
  KeeperReport report;
  const Received received = receive_message(control_.get(), report);
  if (received == Received::end) {
    control_.reset();  // without a report: the guardian will say when nothing is left
  }
  if (received != Received::message || phase_ == Phase::ended) {
    return false;  // after lose_keeper() its words are late
  }
  if (report.event == KeeperEvent::started) {
    tell_started(report.program);
    return true;
  }
  end_with(report);
  return false;
}

void RunningAttempt::tell_started(pid_t program) {
  phase_ = Phase::running;
  program_ = program;
  if (cause_ == StopCause::none) {
    schedule_.cancel_all();
  }
  if (limits_.timeout) {
    schedule_.at(EndStep::time_out) = SteadyClock::now() + *limits_.timeout;
  }
  events_.push(Started{.trial = identity_.trial,
                       .attempt = identity_.attempt,
                       .pid = program,
                       .directory = output_.directory()});
}

void RunningAttempt::lose_keeper(const std::string& detail) {
  if (phase_ == Phase::ended) {
    return;
  }
  if (program_ > 0) {
    ::kill(-program_, SIGKILL);  // for the case that the guardian is gone too
  }
  end_with({.event = KeeperEvent::ended, .wait_status = SIGKILL, .interrupted = true});
  finished_.detail = finished_.ending == Ending::signaled ? detail : finished_.detail;
}

void RunningAttempt::end_with(const KeeperReport& report) {
  if (phase_ == Phase::starting) {
    tell_started(0);
  }
  phase_ = Phase::ended;
  output_.close();
  schedule_.cancel_all();
  finished_.user_seconds = report.user_seconds;
  finished_.system_seconds = report.system_seconds;
  finished_.peak_memory_bytes = report.peak_memory_bytes;
  if (report.event == KeeperEvent::not_started) {
    finished_.ending = Ending::not_started;
    finished_.detail = why_not_started(report);
  } else {
    classify_end(report);
  }
}

std::string RunningAttempt::why_not_started(const KeeperReport& report) const {
  const std::string program = json_quoted(identity_.program);
  const char* reason = std::strerror(report.error);
  switch (report.obstacle) {
    case Obstacle::process:
      return fmt::format("cannot make a process: {}", reason);
    case Obstacle::directory:
      return report.error == ENOENT
                 ? fmt::format("no such directory {} (\"cwd\")", json_quoted(identity_.directory))
                 : fmt::format("cannot go to {} (\"cwd\"): {}", json_quoted(identity_.directory),
                               reason);
    case Obstacle::interpreter:
      return fmt::format("{} cannot be run: the interpreter in its first line does not exist",
                         program);
    case Obstacle::program:
      break;
  }
  if (report.error == ENOENT || report.error == ENOTDIR) {
    return fmt::format("no such program {}", program);
  }
  const char* remedy =
      report.error == ENOEXEC ? "; a script's first line must name its interpreter" : "";
  return fmt::format("{} cannot be run: {}{}", program, reason, remedy);
}

void RunningAttempt::classify_end(const KeeperReport& report) {
  const bool exited = WIFEXITED(report.wait_status);
  // A verdict counts even if the program was faster than our signal; else only the signal does.
  const bool stopped =
      cause_ == StopCause::verdict || (cause_ != StopCause::none && report.interrupted);
  finished_.code = exited ? WEXITSTATUS(report.wait_status) : WTERMSIG(report.wait_status);
  if (!stopped) {
    finished_.ending = exited ? Ending::exited : Ending::signaled;
    return;
  }
  finished_.ending = cause_ == StopCause::timeout ? Ending::timed_out : Ending::stopped;
  finished_.code = exited ? finished_.code : -finished_.code;
  if (cause_ == StopCause::timeout) {
    finished_.detail = limits_.timeout_text;
  }
}

void RunningAttempt::stop(StopCause cause, TrialRunner::Haste haste) {
  if (phase_ == Phase::ended) {
    return;
  }
  const auto now = SteadyClock::now();
  if (cause_ == StopCause::none) {
    cause_ = cause;
    schedule_.at(EndStep::terminate) = now;
  }
  if (haste == TrialRunner::Haste::at_once) {
    output_.mute();
    schedule_.at(EndStep::terminate) = EndSchedule::kNever;
    schedule_.at(EndStep::kill) = now;
  }
}

void RunningAttempt::answer(Action action, bool told) {
  ++verdicts_;
  if (action == Action::pause) {
    stop(StopCause::pause, TrialRunner::Haste::with_grace);
  } else if (action == Action::stop && phase_ != Phase::ended) {
    const bool is_news = cause_ == StopCause::none;
    stop(StopCause::verdict, TrialRunner::Haste::with_grace);
    output_.mute();
    if (is_news && told) {
      schedule_.at(EndStep::terminate) += kOwnEnd;
    }
  }
}

SteadyClock::time_point RunningAttempt::keep_time(SteadyClock::time_point now) {
  while (const auto step = schedule_.take_due(now)) {
    take_step(*step, now);
  }
  return schedule_.next();
}

void RunningAttempt::take_step(EndStep step, SteadyClock::time_point now) {
  switch (step) {
    case EndStep::time_out:
      stop(StopCause::timeout, TrialRunner::Haste::with_grace);
      return;
    case EndStep::terminate:
      send_order(Order::terminate);
      schedule_.at(EndStep::kill) = now + limits_.grace;
      return;
    case EndStep::kill:
      send_order(Order::kill);
      schedule_.at(EndStep::kill_keeper) = now + kDeaf;
      return;
    case EndStep::kill_keeper:
      kill_keeper_();
      schedule_.at(EndStep::give_up) = now + kDeaf;
      return;
    case EndStep::give_up:
      lose_keeper("the guardian of the trials does not answer");
      return;
  }
}

void RunningAttempt::send_order(Order order) {
  if (control_ && !send_message(control_.get(), order)) {
    return;  // the keeper has ended; its report, or its loss, is on the way
  }
}

bool RunningAttempt::read_metrics() {
  for (int pieces = 0; pieces < kPiecesAtATime && !events_.is_long(); ++pieces) {
    if (!output_.read_metrics()) {
      return true;
    }
  }
  return false;
}

bool RunningAttempt::finish() {
  using Stream = TrialOutput::Stream;
  for (int pieces = 0; pieces < kPiecesAtATime; ++pieces) {
    if (events_.is_long()) {
      return false;
    }
    const bool output = output_.read(Stream::output);
    const bool errors = output_.read(Stream::errors);
    if (!output_.read_metrics() && !output && !errors) {
      output_.finish();
      finished_.stderr_tail = output_.last_errors();
      events_.push(finished_);
      return true;
    }
  }
  return false;
}

}  // namespace autoglm
