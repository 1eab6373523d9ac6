// A spec that goes on with a study of Optuna.
#pragma once

#include <string>
#include <vector>

#include "cli/spec_draft.h"
#include "optimizer/objective.h"
#include "storage/optuna_copy.h"

namespace autoglm {

struct DraftWithNotes {
  SpecDraft draft{};
  std::vector<std::string> notes{};  // a line each: what has no counterpart
};

/// `trials`: of the study, in any state.
DraftWithNotes draft_of_optuna(const StudyRecord& study, const Objective& objective,
                               const std::vector<StoredDistribution>& distributions,
                               const std::vector<Trial>& trials);

}  // namespace autoglm
