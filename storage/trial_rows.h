// What reading and writing of trials agree on.
#pragma once

#include <string>

#include "optimizer/trial.h"
#include "storage/storage.h"

namespace autoglm {

/// Reports belong to it; 0 for a trial that others run.
inline int current_attempt(const Trial& trial) {
  return trial.attempts.empty() ? 0 : trial.attempts.back().number;
}

/// The metric of an objective; "value" where the study names none.
inline std::string metric_name(const StudyRecord& study, std::size_t objective) {
  return objective < study.metric_names.size() ? study.metric_names[objective] : "value";
}

}  // namespace autoglm
