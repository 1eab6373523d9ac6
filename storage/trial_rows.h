// Small things that all storages agree on.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "optimizer/trial.h"
#include "storage/storage.h"

namespace autoglm {

inline TimeNs time_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Reports belong to it; 0 for a trial that others run.
inline int current_attempt(const Trial& trial) {
  return trial.attempts.empty() ? 0 : trial.attempts.back().number;
}

/// The metric of an objective; "value" where the study names none.
inline std::string metric_name(const StudyRecord& study, std::size_t objective) {
  return objective < study.metric_names.size() ? study.metric_names[objective] : "value";
}

}  // namespace autoglm
