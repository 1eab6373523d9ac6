// The early-stopping rules, one source each. They judge by the first objective.
#pragma once

#include <memory>
#include <string>

#include "optimizer/pruners/rule.h"
#include "search_space/spec_document.h"

namespace autoglm {

/// A rule with the options it was made with: one JSON object, defaults included.
struct ParsedPruner {
  std::unique_ptr<Rule> pruner{};
  std::string options{};
};

/// Each reads its own options from `reader` (nullptr: all defaults) and throws SpecError.
ParsedPruner make_none(ObjectReader* reader);
ParsedPruner make_median(ObjectReader* reader);
ParsedPruner make_asha(ObjectReader* reader);

}  // namespace autoglm
