#include "optimizer/searchers/refusal_model.h"

#include <cmath>

#include "optimizer/models/acquisition.h"

namespace autoglm {

namespace {

// The chance of a cost at all, to this power, scales the improvement. At 1 most trials would fail
// where the best costs lie at the edge of what works; at 50 too few dare to.
constexpr double kCaution = 20;

}  // namespace

LogChance log_chance(const RefusalModel& refusals, double mean, double variance) {
  const double total = variance + refusals.regression.hyperparameters().noise_variance;
  const double deviation = std::sqrt(total);
  const double z = (mean - refusals.threshold) / deviation;
  const LogDistribution log_phi = log_normal_distribution(z);
  const double by_z = kCaution * log_phi.derivative;
  return {kCaution * log_phi.value, by_z / deviation, -by_z * z / (2 * total)};
}

std::optional<RefusalModel> RefusalFitter::fit(const Evidence& evidence) {
  if (evidence.refused.empty()) {
    return std::nullopt;
  }
  const Evidence refused = refusals(evidence);
  const FittedWarp& fitted = fitter_.fit(refused).front();
  const SurrogateFitter::Model model = fitter_.condition(refused, fitted);
  const double threshold = (0.5 - model.costs.offset) / model.costs.scale;
  return RefusalModel{model.regression, threshold};
}

}  // namespace autoglm
