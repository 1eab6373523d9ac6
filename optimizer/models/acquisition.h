// How much a new trial promises, given a model's prediction of its cost: what gp maximises.
#pragma once

namespace autoglm {

/// A function's value with its derivatives by the prediction's mean and standard deviation.
struct AcquisitionValue {
  double value = 0;
  double by_mean = 0;
  double by_deviation = 0;
};

/// log h(z), h(z) = phi(z) + z Phi(z), and its derivative Phi(z) / h(z), without loss of digits for
/// every finite z: the expected improvement in units of the deviation.
struct LogImprovement {
  double value = 0;
  double derivative = 0;
};
LogImprovement log_improvement(double z);

/// log Phi(z) and its derivative phi(z) / Phi(z), likewise.
struct LogDistribution {
  double value = 0;
  double derivative = 0;
};
LogDistribution log_normal_distribution(double z);

/// log EI: the logarithm of the expected improvement on `best` (Jones et al., 1998), smaller costs
/// being better; in the logarithm it keeps its gradient where the improvement underflows (Ament et
/// al., "Unexpected Improvements to Expected Improvement", 2023). REQUIRES: deviation > 0.
AcquisitionValue log_expected_improvement(double mean, double deviation, double best);

/// The negated lower confidence bound, kappa * deviation - mean (GP-UCB, Srinivas et al., 2010).
AcquisitionValue confidence_bound(double mean, double deviation, double kappa);

/// One of them with its parameter.
struct Acquisition {
  enum class Kind { expected_improvement, confidence_bound };
  Kind kind = Kind::expected_improvement;
  double best = 0;   // what to improve on
  double kappa = 1;  // deviations of optimism

  AcquisitionValue at(double mean, double deviation) const {
    return kind == Kind::expected_improvement ? log_expected_improvement(mean, deviation, best)
                                              : confidence_bound(mean, deviation, kappa);
  }
};

}  // namespace autoglm
