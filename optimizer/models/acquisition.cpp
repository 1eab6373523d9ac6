#include "optimizer/models/acquisition.h"

#include "optimizer/models/normal_distribution.h"
#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr double kLogSqrtTwoPi = 0.91893853320467274178;

double normal_density(double z) { return portable::exp(-z * z / 2 - kLogSqrtTwoPi); }

// c(t) of Laplace's continued fraction for Mills' ratio (Abramowitz and Stegun 26.2.14):
// (1 - Phi(t)) / phi(t) = 1 / (t + c(t)), c(t) = 1 / (t + 2 / (t + 3 / (t + ...))). With it
// h(-t) = phi(t) c / (t + c): a quotient where phi(t) - t (1 - Phi(t)) would cancel.
double mills_tail(double t) {
  const int terms = t > 10 ? 30 : 150;  // all digits at t >= 2
  double tail = t;
  for (int k = terms; k >= 2; --k) {
    tail = t + k / tail;
  }
  return 1 / tail;
}

}  // namespace

LogImprovement log_improvement(double z) {
  if (z > -2) {
    const double distribution = normal_distribution(z);
    const double h = normal_density(z) + z * distribution;
    return {portable::log(h), distribution / h};
  }
  const double t = -z;
  const double c = mills_tail(t);
  return {-t * t / 2 - kLogSqrtTwoPi + portable::log(c) - portable::log(t + c), 1 / c};
}

LogDistribution log_normal_distribution(double z) {
  if (z > -2) {
    return {portable::log1p(-normal_distribution(-z)), normal_density(z) / normal_distribution(z)};
  }
  const double inverse_ratio = mills_tail(-z) - z;  // phi(z) / Phi(z)
  return {-z * z / 2 - kLogSqrtTwoPi - portable::log(inverse_ratio), inverse_ratio};
}

AcquisitionValue log_expected_improvement(double mean, double deviation, double best) {
  const double z = (best - mean) / deviation;
  const LogImprovement log_h = log_improvement(z);
  return {portable::log(deviation) + log_h.value, -log_h.derivative / deviation,
          (1 - z * log_h.derivative) / deviation};
}

AcquisitionValue confidence_bound(double mean, double deviation, double kappa) {
  return {kappa * deviation - mean, -1, kappa};
}

}  // namespace autoglm
