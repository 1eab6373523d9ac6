// Whom a training run tells how it goes.
#pragma once

#include <cstdint>
#include <string>

#include "optimizer/trial.h"

namespace autoglm {

class RunReporter {
 public:
  virtual ~RunReporter() = default;
  /// The same step again replaces, metric by metric.
  virtual void report(std::int64_t step, const MetricValues& metrics) = 0;
  /// A line for people.
  virtual void say(const std::string& line) = 0;
};

}  // namespace autoglm
