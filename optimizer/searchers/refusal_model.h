// Where trials fail: a model of which configurations have no cost at all.
#pragma once

#include <optional>

#include "optimizer/searchers/surrogate.h"

namespace autoglm {

struct RefusalModel {
  const GaussianRegression& regression;  // its fitter's
  double threshold = 0;                  // below which a refusal is more likely than a cost
};

/// What to add to the logarithm of an expected improvement, given the model's mean and variance
/// there: a multiple of the logarithm of the probability of a cost; and its derivatives by them.
struct LogChance {
  double value = 0;
  double by_mean = 0;
  double by_variance = 0;
};
LogChance log_chance(const RefusalModel& refusals, double mean, double variance);

/// Least-squares classification (Rasmussen and Williams, 2006, section 6.5): a regression on
/// whether trials have a cost, standardized, so that where nothing is known their share counts.
class RefusalFitter {
 public:
  /// `encoding` must outlive it.
  explicit RefusalFitter(const Encoding& encoding) : fitter_(encoding, {OutputWarp::identity}) {}

  /// Nothing when no trial was refused. What it gives lives until the next call.
  std::optional<RefusalModel> fit(const Evidence& evidence);

 private:
  SurrogateFitter fitter_;
};

}  // namespace autoglm
