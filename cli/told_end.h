// What is told of a trial, in terms of its study.
#pragma once

#include <string>

#include "cli/stdio_request.h"
#include "optimizer/objective.h"
#include "optimizer/trial.h"
#include "optimizer/trial_changes.h"

namespace autoglm {

/// Where what is wrong stands.
struct TellPlace {
  std::string tell{};    // "/tell"
  std::string values{};  // "/tell/values"
};

/// The end that a study may take in. Throws StdioError: bad_value.
TrialEnd told_end(const TellRequest& request, const Trial& trial, const Objective& objective,
                  const TellPlace& place);

}  // namespace autoglm
