#include "optimizer/models/policy_density.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "optimizer/models/normal_distribution.h"
#include "search_space/portable_math.h"

namespace autoglm {

namespace {

// Not as acquisition.cpp computes it: the last digits differ, and with them what is suggested.
double density(double z) { return portable::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); }

// The logarithm of the probability between two points, in units of the deviation, and its
// derivatives by mean and deviation, in those units too.
LogDensity log_between(double from, double to) {
  constexpr double kNarrow = 1e-5;  // the density is straight there
  const double probability = from > 0 ? normal_distribution(-from) - normal_distribution(-to)
                                      : normal_distribution(to) - normal_distribution(from);
  if (to - from < kNarrow || !(probability > 1e-290)) {
    const double middle = (from + to) / 2;
    const double width = to > from ? portable::log(to - from) : 0;
    return {width - middle * middle / 2 - portable::log(2 * std::numbers::pi) / 2, middle,
            middle * middle - (to > from ? 1 : 0)};
  }
  return {portable::log(probability), (density(from) - density(to)) / probability,
          (from * density(from) - to * density(to)) / probability};
}

}  // namespace

LogDensity log_density(const CutNormal& normal, double from, double to) {
  const double s = normal.deviation;
  const LogDensity inside = log_between((from - normal.mean) / s, (to - normal.mean) / s);
  const LogDensity all = log_between(-normal.mean / s, (1 - normal.mean) / s);
  // A density has one more factor 1 / s than the probability of a cell.
  const double point = to > from ? 0 : 1;
  const double width = to > from ? portable::log(to - from) : portable::log(s);
  return {inside.value - all.value - width, (inside.by_mean - all.by_mean) / s,
          (inside.by_deviation - all.by_deviation - point) / s};
}

double draw(const CutNormal& normal, Rng& rng) {
  const double from = normal_distribution(-normal.mean / normal.deviation);
  const double to = normal_distribution((1 - normal.mean) / normal.deviation);
  const double p = std::clamp(from + rng.uniform() * (to - from), 1e-300, 1 - 0x1p-53);
  return std::clamp(normal.mean + normal.deviation * normal_quantile(p), 0.0, 1.0);
}

}  // namespace autoglm
