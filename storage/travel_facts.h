// What Optuna has no place for, as attributes that travel with its studies and trials: so that a
// study exported to Optuna, copied there and imported again is what it was.
#pragma once

#include <string>
#include <string_view>

#include "optimizer/trial.h"
#include "storage/storage.h"

namespace autoglm {

/// The system attributes' names.
inline constexpr const char* kStudyFacts = "autoglm:study";
inline constexpr const char* kTrialFacts = "autoglm:trial";

/// One JSON object: spec, searcher, early stopping, seed, times.
std::string study_facts(const StudyRecord& study);
/// Fills in what `json` says; the name and the goals stay. Text that is no such object: nothing.
void take_study_facts(std::string_view json, StudyRecord& study);

/// One JSON object: the state in our words, its reason, seed, attempts, metrics, reports, times.
std::string trial_facts(const Trial& trial);
/// Fills in what `json` says, unless it is about another state than Optuna's rows, from which
/// `trial` was read: then another program changed the trial.
void take_trial_facts(std::string_view json, Trial& trial);

}  // namespace autoglm
