// How long trials take: what gp weighs against the improvement that they promise.
#pragma once

#include <optional>

#include "optimizer/searchers/surrogate.h"

namespace autoglm {

/// The logarithm of a trial's seconds is offset + scale * what the regression predicts.
struct DurationModel {
  const GaussianRegression& regression;  // its fitter's
  double offset = 0;
  double scale = 1;

  double seconds_at(const Eigen::VectorXd& features /* [features] */) const;
};

/// A regression on the logarithms of the durations of complete trials (Snoek, Larochelle and Adams,
/// "Practical Bayesian optimization of machine learning algorithms", 2012, section 3.2).
class DurationFitter {
 public:
  /// `encoding` must outlive it.
  explicit DurationFitter(const Encoding& encoding) : fitter_(encoding, {OutputWarp::identity}) {}

  /// Nothing with fewer than four complete trials of known duration, above 0. Of more than 500 it
  /// knows the shortest half and an even share of the others. What it gives lives until the next
  /// call.
  std::optional<DurationModel> fit(const Evidence& evidence);

 private:
  SurrogateFitter fitter_;
};

}  // namespace autoglm
