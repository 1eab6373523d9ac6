// How `autoglm log`, inside a trial, hears whether to go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "optimizer/trial.h"

namespace autoglm {

/// Inside a trial: appends the report to $AUTOGLM_METRICS in one write and asks the tuner about it.
enum class LogAnswer { go_on, stop, no_tuner };

struct LogRequest {
  MetricValues metrics{};
  std::optional<std::int64_t> step{};
};

/// Reads AUTOGLM_METRICS (and the channel's own variable) from the environment. Throws
/// std::runtime_error with a line for people when not inside a trial or the file cannot be written.
LogAnswer log_metrics(const LogRequest& request);

}  // namespace autoglm
