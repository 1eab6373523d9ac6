// How long trials take: what gp weighs against the improvement that they promise.
#pragma once

#include <optional>

#include "optimizer/searchers/surrogate.h"

namespace autoglm {

/// Of the logarithm of a trial's seconds: offset + scale * what the regression predicts.
struct DurationModel {
  const GaussianRegression& regression;  // its fitter's
  double scale = 1;
};

/// A regression on the logarithms of the durations of complete trials (Snoek, Larochelle and Adams,
/// "Practical Bayesian optimization of machine learning algorithms", 2012, section 3.2).
class DurationFitter {
 public:
  /// `encoding` must outlive it.
  explicit DurationFitter(const Encoding& encoding) : fitter_(encoding, {OutputWarp::identity}) {}

  /// Nothing with fewer than four complete trials of known duration. What it gives lives until the
  /// next call.
  std::optional<DurationModel> fit(const Evidence& evidence);

 private:
  SurrogateFitter fitter_;
};

}  // namespace autoglm
