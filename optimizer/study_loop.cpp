#include "optimizer/study_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace autoglm {
namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr milliseconds kPoll{100};
constexpr milliseconds kBetweenArrivals{200};
constexpr int kEventsAtOnce = 1000;  // then what came is made durable, whatever waits
constexpr double kNanosecondsPerSecond = 1e9;

constexpr int kEndRunning = 2;  // stop levels
constexpr int kKillRunning = 3;

class Loop {
 public:
  Loop(Study& study, TrialRunner& runner, const LoopSettings& settings, const StopLevel& stop)
      : study_(study), runner_(runner), settings_(settings), stop_(stop), began_(study.now()) {}

  LoopResult run();
  void end_every_attempt();

 private:
  bool stopping() const { return level_ > 0; }
  bool adopt_arrivals();
  bool is_vain_to_ask() const {
    return again_.empty() && done_ && done_at_ == study_.history().sequence();
  }
  void heed_stop();
  void fill_slots();
  std::optional<RunRequest> next_request();
  void take_events();
  void handle(const Started& started) { study_.attempt_started(started); }
  void handle(const Reported& reported);
  void handle(const Finished& finished);
  Done what_waits() const;
  LoopResult result() const;

  Study& study_;
  TrialRunner& runner_;
  const LoopSettings& settings_;
  const StopLevel& stop_;
  TimeNs began_;
  SteadyTime looked_for_arrivals_{};
  int level_ = 0;  // of stopping, the highest so far
  bool time_is_up_ = false;
  int in_flight_ = 0;                  // attempts whose Finished is to come
  std::vector<Study::Given> again_{};  // trials whose next attempt is due
  std::optional<Done> done_{};         // the study's last answer was no trial
  std::int64_t done_at_ = -1;          // at this event number; asking again before another is vain
};

LoopResult Loop::run() {
  for (;;) {
    heed_stop();
    if (!stopping()) {
      if (std::chrono::steady_clock::now() - looked_for_arrivals_ >= kBetweenArrivals) {
        adopt_arrivals();
      }
      fill_slots();
    }
    if (in_flight_ == 0 && (stopping() || (done_ && !adopt_arrivals()))) {
      study_.flush();
      return result();
    }
    study_.flush();
    take_events();
  }
}

/// True when there were any.
bool Loop::adopt_arrivals() {
  looked_for_arrivals_ = std::chrono::steady_clock::now();
  if (!settings_.arrivals) {
    return false;
  }
  const std::int64_t before = study_.history().sequence();
  for (Trial& trial : settings_.arrivals()) {
    study_.adopt(std::move(trial));
  }
  return study_.history().sequence() != before;
}

/// Ends the running attempts where the stop level or the time says so.
void Loop::heed_stop() {
  const auto elapsed = static_cast<double>(study_.now() - began_) / kNanosecondsPerSecond;
  time_is_up_ = time_is_up_ || (settings_.time_seconds && elapsed >= *settings_.time_seconds);
  const int level = std::max(stop_.load(), time_is_up_ ? kEndRunning : 0);
  if (level >= kKillRunning && level_ < kKillRunning) {
    runner_.stop_all(TrialRunner::Haste::at_once);
  } else if (level >= kEndRunning && level_ < kEndRunning) {
    runner_.stop_all(TrialRunner::Haste::with_grace);
  }
  level_ = std::max(level_, level);
  if (stopping()) {
    for (const Study::Given& given : std::exchange(again_, {})) {
      study_.requeue(given.trial, "interrupted");
    }
  }
}

/// Every attempt is durable before its program runs.
void Loop::fill_slots() {
  std::vector<RunRequest> requests;
  const auto free = static_cast<std::size_t>(std::max(0, runner_.free_slots()));
  if (free == 0 || is_vain_to_ask()) {
    return;
  }
  const std::shared_ptr<void> turn = settings_.turn ? settings_.turn() : nullptr;
  adopt_arrivals();
  while (requests.size() < free) {
    std::optional<RunRequest> request = next_request();
    if (!request) {
      break;
    }
    requests.push_back(*std::move(request));
  }
  if (requests.empty()) {
    return;
  }
  study_.flush();
  for (const RunRequest& request : requests) {
    ++in_flight_;
    runner_.start(request);
  }
}

std::optional<RunRequest> Loop::next_request() {
  if (!again_.empty()) {
    const Study::Given given = again_.front();
    again_.erase(again_.begin());
    return study_.begin_attempt(given);
  }
  if (is_vain_to_ask()) {
    return std::nullopt;
  }
  const Study::Answer answer = study_.ask();
  if (const auto* const given = std::get_if<Study::Given>(&answer)) {
    done_.reset();
    return study_.begin_attempt(*given);
  }
  const Done* const done = std::get_if<Done>(&answer);
  done_ = done != nullptr ? *done : what_waits();
  done_at_ = study_.history().sequence();
  return std::nullopt;
}

/// The planner waits for an event. Once no trial of ours runs, this run will bring none.
Done Loop::what_waits() const {
  const std::vector<Trial>& trials = study_.history().trials();
  if (std::none_of(trials.begin(), trials.end(),
                   [](const Trial& trial) { return trial.state == TrialState::running; })) {
    throw std::logic_error("the planner waits, but no trial is running");
  }
  return {.reason = "external", .detail = "only trials that other programs run are open"};
}

void Loop::take_events() {
  milliseconds timeout = kPoll;
  for (int i = 0; i < kEventsAtOnce; ++i) {
    const std::optional<RunnerEvent> event = runner_.wait(timeout);
    if (event) {
      std::visit([this](const auto& one) { handle(one); }, *event);
    }
    if (settings_.tick) {
      settings_.tick();
    }
    if (!event) {
      break;
    }
    timeout = milliseconds(0);
  }
}

void Loop::handle(const Reported& reported) {
  const Verdict verdict = study_.report(reported.trial, reported.step, reported.metrics);
  runner_.answer(reported.trial, reported.attempt, verdict.action);
}

void Loop::handle(const Finished& finished) {
  --in_flight_;
  if (const std::optional<Study::Given> again = study_.attempt_finished(finished)) {
    again_.push_back(*again);
  }
}

LoopResult Loop::result() const {
  if (stop_.load() > 0) {
    return {.end = StudyEnd::interrupted, .reason = "interrupted"};
  }
  if (time_is_up_) {
    return {.end = StudyEnd::timeout, .reason = "timeout"};
  }
  const bool failures = done_->reason == "max_failures" || done_->reason == "failed_alike";
  return {.end = failures                           ? StudyEnd::failure_limit
                 : done_->reason == "device_failed" ? StudyEnd::device_failure
                                                    : StudyEnd::spent,
          .reason = done_->reason,
          .detail = done_->detail};
}

void Loop::end_every_attempt() {
  runner_.stop_all(TrialRunner::Haste::at_once);
  while (in_flight_ > 0) {
    const std::optional<RunnerEvent> event = runner_.wait(kPoll);
    in_flight_ -= event && std::holds_alternative<Finished>(*event) ? 1 : 0;
  }
}

}  // namespace

LoopResult run_study(Study& study, TrialRunner& runner, const LoopSettings& settings,
                     const StopLevel& stop) {
  Loop loop(study, runner, settings, stop);
  try {
    return loop.run();
  } catch (...) {
    loop.end_every_attempt();
    throw;
  }
}

}  // namespace autoglm
