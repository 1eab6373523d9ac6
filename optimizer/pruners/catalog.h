// From an early-stopping rule's name in a spec to the pruner.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "optimizer/pruners/rule.h"
#include "search_space/spec_document.h"

namespace autoglm {

struct PrunerChoice {
  std::unique_ptr<Rule> pruner{};
  std::string name{};
  std::string options{};  // one JSON object with every option, defaults included
};

/// `section` is the spec's `early_stopping`: null (none), a name or an object with `type` and
/// options. Throws SpecError.
PrunerChoice make_pruner(const SpecNode* section);

std::vector<std::pair<std::string, std::string>> pruner_names();

}  // namespace autoglm
