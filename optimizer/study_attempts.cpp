// The life of a trial that was given out: attempts, reports, its end.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "optimizer/attempt_outcome.h"
#include "optimizer/attempts.h"
#include "optimizer/failure_text.h"
#include "optimizer/study.h"
#include "search_space/random.h"

namespace autoglm {
namespace {

/// Of a complete trial the mean over its repeats, of a pruned one its last values.
std::vector<double> values_at_end(const Trial& trial, TrialState state,
                                  const Objective& objective) {
  if (state == TrialState::complete) {
    return mean_of_repeats(trial, objective.size());
  }
  return state == TrialState::pruned ? objective.last_values(trial) : std::vector<double>();
}

}  // namespace

RunRequest Study::begin_attempt(const Given& given) {
  Trial& trial = history_.at(given.trial);
  int repeat = 0;
  if (!trial.attempts.empty()) {
    const Attempt& last = trial.attempts.back();
    repeat = last.repeat + (last.values.empty() ? 0 : 1);
  }
  std::string resume;
  if (const Attempt* const from = checkpoint_of(trial, repeat)) {
    resume = from->directory;
  } else {
    trial.reports.clear();
    trial.metrics.clear();
    if (given.checkpoint_of) {
      const Trial& origin = history_.at(*given.checkpoint_of);
      resume = origin.attempts.empty() ? "" : origin.attempts.back().directory;
    }
  }
  const Attempt attempt{.number = static_cast<int>(trial.attempts.size()) + 1,
                        .repeat = repeat,
                        .seed = trial_seed(settings_.seed, trial.number, repeat),
                        .started = now()};
  trial.attempts.push_back(attempt);
  open_[trial.number] = {.given = given};
  tell(EventKind::started, trial);
  return {.trial = trial.number,
          .attempt = attempt.number,
          .repeat = attempt.repeat,
          .seed = attempt.seed,
          .configuration = trial.configuration,
          .until_step = given.until_step,
          .resume_directory = std::move(resume)};
}

/// The trial whose current attempt this is; nullptr for what comes late.
Trial* Study::running_attempt(std::int64_t number, int attempt) {
  const Trial* const trial = history_.find(number);
  if (trial == nullptr || trial->state != TrialState::running || trial->attempts.empty() ||
      trial->attempts.back().number != attempt) {
    return nullptr;
  }
  return &history_.at(number);
}

void Study::attempt_started(const Started& started) {
  if (Trial* const trial = running_attempt(started.trial, started.attempt)) {
    trial->attempts.back().pid = started.pid;
    trial->attempts.back().directory = started.directory;
    tell(EventKind::launched, *trial);
  }
}

Verdict Study::report(std::int64_t number, std::int64_t step, const MetricValues& metrics) {
  const Trial* const found = history_.find(number);
  if (found == nullptr || found->state != TrialState::running) {
    return {};
  }
  Open& open = open_[number];
  if (open.verdict.action != Action::go_on) {
    return open.verdict;
  }
  Trial& trial = history_.at(number);
  tell(EventKind::reported, trial,
       &merge_report(trial, step, metrics, history_.objective(), now()));
  open.verdict = planner_.judge(trial, history_);
  if (open.verdict.action == Action::go_on && open.given.until_step &&
      step >= *open.given.until_step) {
    open.verdict = {.action = Action::pause, .reason = fmt::format("step {} is reached", step)};
  }
  return open.verdict;
}

std::optional<Study::Given> Study::attempt_finished(const Finished& finished) {
  Trial* const trial = running_attempt(finished.trial, finished.attempt);
  if (trial == nullptr) {
    return std::nullopt;
  }
  const Given given = open_[trial->number].given;
  Verdict verdict = open_[trial->number].verdict;
  if (given.until_step && verdict.action == Action::go_on && finished.ending == Ending::exited &&
      finished.code == kExitTryAgain) {
    verdict = {.action = Action::pause, .reason = "checkpointed"};
  }
  const AttemptOutcome outcome = decide(finished, *trial, history_.objective(), settings_, verdict,
                                        finished.ending == Ending::stopped);
  Attempt& attempt = trial->attempts.back();
  attempt.finished = now();
  attempt.outcome = outcome.outcome;
  attempt.user_seconds = finished.user_seconds;
  attempt.system_seconds = finished.system_seconds;
  attempt.peak_memory_bytes = finished.peak_memory_bytes;
  attempt.values = outcome.values;
  switch (outcome.next) {
    case AttemptOutcome::Next::conclude:
      conclude(*trial,
               {.state = outcome.state,
                .reason = outcome.reason,
                .values = values_at_end(*trial, outcome.state, history_.objective())},
               outcome.likeness, outcome.device_failed);
      return std::nullopt;
    case AttemptOutcome::Next::paused:
      trial->state = TrialState::paused;
      trial->reason = outcome.reason;
      open_.erase(trial->number);
      tell(EventKind::paused, *trial);
      return std::nullopt;
    case AttemptOutcome::Next::requeue:
      put_back(*trial, outcome.reason);
      return std::nullopt;
    case AttemptOutcome::Next::next_repeat:
      break;
    case AttemptOutcome::Next::retry:
      ++trial->failures;
      take_back_reports(*trial);
      break;
    case AttemptOutcome::Next::try_again:
      take_back_reports(*trial);
      break;
  }
  tell(EventKind::attempt_ended, *trial);
  return given;
}

void Study::finish(std::int64_t number, TrialEnd end) {
  Trial& trial = history_.at(number);
  if (is_finished(trial.state)) {
    throw std::logic_error(fmt::format("trial {} is {} already", number, to_string(trial.state)));
  }
  end = settled_end(std::move(end), trial, history_.objective());
  const std::string likeness = likeness_when_told(end.state, end.reason);
  conclude(trial, std::move(end), likeness);
}

void Study::conclude(Trial& trial, TrialEnd end, const std::string& likeness, bool device_failed) {
  apply_end(std::move(end), trial, now());
  trial.finished_sequence = history_.sequence();
  failure_limit_.note(trial, likeness, device_failed);
  take_in_end(trial);
}

void Study::take_in_end(Trial& trial) {
  trial.external = false;  // of a finished one: told beside the study, and not taken in yet
  open_.erase(trial.number);
  history_.reindex(trial);
  for (auto& attribute : planner_.attributes_at_end(trial, history_)) {
    trial.user_attrs.push_back(std::move(attribute));
  }
  tell(EventKind::finished, trial);
}

Study::Adopted Study::adopt(Trial trial) {
  if (history_.find(trial.number) == nullptr) {
    trial.state = TrialState::waiting;
    trial.seed = trial_seed(settings_.seed, trial.number, 0);
    trial.asked_sequence = history_.sequence();
    tell(EventKind::enqueued, history_.add(std::move(trial)));
    return Adopted::arrival;
  }
  Trial& known = history_.at(trial.number);
  if (known.state != TrialState::running || !is_finished(trial.state)) {
    return Adopted::nothing;
  }
  known = std::move(trial);
  known.finished_sequence = history_.sequence();
  failure_limit_.note(known, likeness_when_told(known.state, known.reason));
  take_in_end(known);
  return Adopted::end;
}

void Study::take_in_meanwhile() {
  std::vector<std::int64_t> told;
  for (const Trial& trial : history_.trials()) {
    if (trial.state == TrialState::waiting && trial.asked_sequence < 0) {
      Trial& enqueued = history_.at(trial.number);
      enqueued.asked_sequence = history_.sequence();
      tell(EventKind::enqueued, enqueued);
    } else if (is_finished(trial.state) && trial.external) {
      told.push_back(trial.number);
    }
  }
  std::stable_sort(told.begin(), told.end(), [this](std::int64_t a, std::int64_t b) {
    return history_.find(a)->finished_sequence < history_.find(b)->finished_sequence;
  });
  for (const std::int64_t number : told) {
    take_in_end(history_.at(number));
  }
}

void Study::requeue(std::int64_t number, const std::string& reason) {
  Trial& trial = history_.at(number);
  if (!trial.attempts.empty() && trial.attempts.back().finished == 0) {
    trial.attempts.back().finished = last_sign_of_life(trial);
    trial.attempts.back().outcome = kInterrupted;
  }
  put_back(trial, reason);
}

void Study::put_back(Trial& trial, const std::string& reason) {
  take_back_reports(trial);
  if (trial.attempts.empty()) {
    trial.started = 0;
  }
  trial.state = TrialState::waiting;
  trial.reason = reason;
  trial.external = false;
  open_.erase(trial.number);
  tell(EventKind::requeued, trial);
}

std::vector<std::int64_t> Study::external_trials() const {
  return {tally_.external().begin(), tally_.external().end()};
}

}  // namespace autoglm
