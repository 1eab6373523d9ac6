// The ordinary planner: one searcher proposes, one pruner judges.
#pragma once

#include <memory>
#include <string>

#include "optimizer/planner.h"
#include "optimizer/pruner.h"
#include "optimizer/searcher.h"

namespace autoglm {

/// `searcher_name` is stored with each trial it suggests.
std::unique_ptr<Planner> make_search_and_prune(std::unique_ptr<Searcher> searcher,
                                               std::string searcher_name,
                                               std::unique_ptr<Pruner> pruner);

}  // namespace autoglm
