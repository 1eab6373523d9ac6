#include "optimizer/attempts.h"

#include <algorithm>
#include <functional>

namespace autoglm {

const Attempt* checkpoint_of(const Trial& trial, int repeat) {
  const auto found = std::find_if(trial.attempts.rbegin(), trial.attempts.rend(),
                                  [repeat](const Attempt& attempt) {
                                    return attempt.repeat == repeat && attempt.outcome == kPaused;
                                  });
  return found == trial.attempts.rend() ? nullptr : &*found;
}

bool reports_stand(const Trial& trial, int number) {
  if (trial.attempts.empty()) {
    return number == 0;
  }
  const Attempt& current = trial.attempts.back();
  return std::any_of(trial.attempts.begin(), trial.attempts.end(), [&](const Attempt& attempt) {
    return attempt.number == number &&
           (number == current.number ||
            (attempt.repeat == current.repeat && attempt.outcome == kPaused));
  });
}

void take_back_reports(Trial& trial) {
  if (!trial.attempts.empty() && trial.attempts.back().outcome == kPaused) {
    return;
  }
  // What came before this attempt stays: it continued an earlier one, and so will the next.
  const TimeNs began = trial.attempts.empty() ? 0 : trial.attempts.back().started;
  std::vector<Report>& reports = trial.reports;
  reports.erase(std::remove_if(reports.begin(), reports.end(),
                               [began](const Report& report) { return report.time >= began; }),
                reports.end());
  std::vector<const Report*> by_arrival;
  by_arrival.reserve(reports.size());
  for (const Report& report : reports) {
    by_arrival.push_back(&report);
  }
  std::sort(by_arrival.begin(), by_arrival.end(),
            [](const Report* a, const Report* b) { return a->sequence < b->sequence; });
  trial.metrics.clear();
  for (const Report* const report : by_arrival) {
    for (const auto& [name, value] : report->metrics) {
      set_metric(trial.metrics, name, value);
    }
  }
}

std::vector<double> mean_of_repeats(const Trial& trial, std::size_t objectives) {
  std::vector<double> mean(objectives, 0.0);
  double repeats = 0;
  for (const Attempt& attempt : trial.attempts) {
    if (attempt.values.size() == objectives) {
      ++repeats;
      std::transform(mean.begin(), mean.end(), attempt.values.begin(), mean.begin(), std::plus<>());
    }
  }
  for (double& value : mean) {
    value /= repeats;
  }
  return mean;
}

TimeNs last_sign_of_life(const Trial& trial) {
  TimeNs last = trial.attempts.back().started;
  for (const Report& report : trial.reports) {
    last = std::max(last, report.time);
  }
  return last;
}

}  // namespace autoglm
