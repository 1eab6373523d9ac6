// What comes next, and the books of a study. The life of a trial that was given out is in
// study_attempts.cpp.
#include "optimizer/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "optimizer/attempts.h"
#include "optimizer/failure_text.h"
#include "optimizer/summary.h"
#include "search_space/random.h"

namespace autoglm {

Study::Study(StudySettings settings, History history, Planner& planner,
             std::vector<StudyObserver*> observers, Clock clock)
    : settings_(settings),
      history_(std::move(history)),
      planner_(planner),
      observers_(std::move(observers)),
      clock_(std::move(clock)),
      failure_limit_(settings.max_failures, settings.stop_when_first_three_fail_alike),
      tally_(history_) {
  history_.set_max_trials(settings_.max_trials);
  for (const Trial& trial : history_.trials()) {
    if (trial.state == TrialState::waiting) {
      Trial& waiting = history_.at(trial.number);
      take_back_reports(waiting);  // a storage may still have them
      if (waiting.attempts.empty()) {
        waiting.seed = trial_seed(settings_.seed, waiting.number, 0);  // others enqueue without one
      }
    }
    if (settings_.external && is_finished(trial.state)) {
      failure_limit_.note(trial, likeness_when_told(trial.state, trial.reason));
    }
  }
}

Study::Answer Study::ask() {
  if (ended_) {
    return *ended_;
  }
  while (const std::optional<std::int64_t> number = tally_.first_waiting()) {
    if (std::optional<Done> limit = failure_limit_.reached()) {
      return *std::move(limit);
    }
    Trial& waiting = history_.at(*number);
    if (complete_partial(waiting)) {
      return give_out(waiting, {.trial = waiting.number});
    }
  }
  if (std::optional<Done> spent = budget_spent()) {
    return *std::move(spent);
  }
  const Decision decision = planner_.next(history_);
  if (const Done* const done = std::get_if<Done>(&decision)) {
    return *done;
  }
  if (std::optional<Done> limit = failure_limit_.reached()) {
    return *std::move(limit);
  }
  if (const Start* const start = std::get_if<Start>(&decision)) {
    return carry_out(*start);
  }
  if (const Continue* const go_on = std::get_if<Continue>(&decision)) {
    return carry_out(*go_on);
  }
  return Wait{};
}

std::optional<Done> Study::budget_spent() const {
  if (const std::optional<std::int64_t> trial = tally_.target_reached_by()) {
    return Done{.reason = "target", .detail = fmt::format("trial {} reached it", *trial)};
  }
  if (settings_.max_trials && tally_.counted() >= *settings_.max_trials) {
    return Done{.reason = "max_trials"};
  }
  return std::nullopt;
}

/// Fills in what the user left open. False when nothing can: then the trial is over.
bool Study::complete_partial(Trial& trial) {
  if (!trial.partial) {
    return true;
  }
  // Whoever enqueued it beside us may not know the space.
  if (const auto problem =
          history_.space().problem_with(trial.configuration, SearchSpace::Completeness::partial)) {
    conclude(trial, {.state = TrialState::infeasible, .reason = *problem}, "");
    return false;
  }
  trial.seen = history_.sequence();
  std::optional<Start> rest = planner_.complete(trial.number, trial.configuration, history_);
  if (!rest) {
    conclude(trial,
             {.state = TrialState::infeasible,
              .reason = "no configuration with these values satisfies the constraints"},
             "");
    return false;
  }
  trial.configuration = std::move(rest->configuration);
  trial.why = std::move(rest->why);
  trial.searcher = std::move(rest->searcher);
  trial.chosen_with = std::move(rest->chosen_with);
  trial.partial = false;
  history_.reindex(trial);
  return true;
}

Study::Answer Study::carry_out(const Start& start) {
  const Configuration& configuration = start.configuration;
  const SearchSpace& space = history_.space();
  if (!start.allow_duplicate && history_.was_tried(configuration)) {
    throw std::logic_error(fmt::format("{} suggested a configuration that was tried: {}",
                                       start.searcher, configuration_json(configuration)));
  }
  if (const auto problem = space.problem_with(configuration, SearchSpace::Completeness::whole)) {
    throw std::logic_error(fmt::format("{} suggested {}: {}", start.searcher,
                                       configuration_json(configuration), *problem));
  }
  const auto number = static_cast<std::int64_t>(history_.trials().size());
  Trial& trial = history_.add({.number = number,
                               .configuration = configuration,
                               .seed = trial_seed(settings_.seed, number, 0),
                               .why = start.why,
                               .searcher = start.searcher,
                               .chosen_with = start.chosen_with,
                               .seen = history_.sequence(),
                               .asked_sequence = history_.sequence(),
                               .created = now()});
  return give_out(
      trial,
      {.trial = number, .until_step = start.until_step, .checkpoint_of = start.checkpoint_of});
}

Study::Answer Study::carry_out(const Continue& go_on) {
  Trial& trial = history_.at(go_on.trial);
  if (trial.state != TrialState::paused) {
    throw std::logic_error(fmt::format("trial {} is {}, so it cannot be continued", trial.number,
                                       to_string(trial.state)));
  }
  return give_out(trial, {.trial = trial.number, .until_step = go_on.until_step});
}

Study::Given Study::give_out(Trial& trial, const Given& given) {
  trial.state = TrialState::running;
  trial.reason.clear();
  trial.external = settings_.external;
  if (trial.attempts.empty()) {
    trial.started = now();
  }
  open_[trial.number] = {.given = given};
  tell(EventKind::asked, trial);
  return given;
}

std::int64_t Study::enqueue(Configuration configuration, TrialOrigin origin) {
  const auto number = static_cast<std::int64_t>(history_.trials().size());
  const bool whole =
      !history_.space().problem_with(configuration, SearchSpace::Completeness::whole).has_value();
  adopt({.number = number,
         .configuration = std::move(configuration),
         .partial = !whole,
         .origin = origin,
         .created = now()});
  return number;
}

void Study::end(const std::string& reason) { ended_ = Done{.reason = reason}; }

const Trial* Study::best() const {
  return history_.objective().size() > 1 ? nullptr
                                         : best_trial(history_.trials(), history_.objective());
}

std::vector<std::int64_t> Study::pareto() const {
  return pareto_front(history_.trials(), history_.objective());
}

std::string Study::explain(std::int64_t number) const {
  return planner_.explain(*history_.find(number), history_);
}

std::vector<Planner::Recommendation> Study::recommend(std::size_t n) const {
  return planner_.recommend(n, history_);
}

void Study::flush() {
  for (StudyObserver* const observer : observers_) {
    observer->flush();
  }
}

void Study::tell(EventKind kind, Trial& trial, Report* report) {
  tally_.note(trial, history_.objective());
  const std::int64_t sequence = history_.next_sequence();
  if (report != nullptr) {
    report->sequence = sequence;
  }
  for (StudyObserver* const observer : observers_) {
    observer->on_event({.kind = kind, .sequence = sequence, .trial = trial, .report = report});
  }
}

}  // namespace autoglm
