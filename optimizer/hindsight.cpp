#include "optimizer/hindsight.h"

#include <utility>

namespace autoglm {
namespace {

/// In the place of a trial that nobody knew of: evidence of nothing.
Trial placeholder(std::int64_t number) {
  return {.number = number, .state = TrialState::abandoned};
}

/// A trial that had not ended yet.
void reopen(Trial& trial) {
  trial.state = TrialState::running;
  trial.values.clear();
  trial.metrics.clear();
  trial.finished = 0;
  trial.finished_sequence = -1;
}

}  // namespace

History history_seen_by(const Trial& trial, const History& history) {
  History past(history.space(), history.objective());
  past.set_max_trials(history.max_trials());
  for (Trial then : history.trials()) {
    if (then.number == trial.number || then.asked_sequence >= trial.seen) {
      then = placeholder(then.number);
    } else if (is_finished(then.state) && then.finished_sequence >= trial.seen) {
      reopen(then);
    }
    past.add(std::move(then));
  }
  past.set_sequence(trial.seen);
  return past;
}

History history_at_report(std::int64_t trial, std::int64_t event, const History& history) {
  History past(history.space(), history.objective());
  past.set_max_trials(history.max_trials());
  for (Trial then : history.trials()) {
    const bool is_own = then.number == trial;
    if (!is_own && then.asked_sequence >= event) {
      then = placeholder(then.number);
    } else if (is_own || (is_finished(then.state) && then.finished_sequence >= event)) {
      reopen(then);
    }
    std::erase_if(then.reports, [&](const Report& report) {
      return is_own ? report.sequence > event : report.sequence >= event;
    });
    past.add(std::move(then));
  }
  past.set_sequence(event + 1);
  return past;
}

}  // namespace autoglm
