#include "optimizer/searchers/duration_model.h"

#include <vector>

#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr std::size_t kLeastTrials = 4;

// The complete trials that took a time, with its logarithm for a cost.
Evidence log_durations(const Evidence& evidence) {
  Evidence timed;
  std::vector<double> logs;
  for (const Trial* trial : evidence.finished) {
    const double seconds = duration_seconds(*trial).value_or(0);
    if (trial->state == TrialState::complete && seconds > 0) {
      timed.finished.push_back(trial);
      logs.push_back(portable::log(seconds));
    }
  }
  timed.complete = timed.finished.size();
  timed.given =
      Eigen::Map<const Eigen::VectorXd>(logs.data(), static_cast<Eigen::Index>(logs.size()));
  timed.costs = timed.given;
  return timed;
}

}  // namespace

double DurationModel::seconds_at(const Eigen::VectorXd& features) const {
  return portable::exp(offset + scale * regression.means(features.transpose())[0]);
}

std::optional<DurationModel> DurationFitter::fit(const Evidence& evidence) {
  const Evidence timed = log_durations(evidence);
  if (timed.complete < kLeastTrials) {
    return std::nullopt;
  }
  const FittedWarp& fitted = fitter_.fit(timed).front();
  const SurrogateFitter::Model model = fitter_.condition(timed, fitted);
  return DurationModel{model.regression, model.costs.offset, model.costs.scale};
}

}  // namespace autoglm
