// Standard functions to minimize, as search spaces with an objective.
#pragma once

#include <string>
#include <vector>

#include "search_space/search_space.h"

namespace autoglm::bench {

struct Problem {
  std::string name{};
  std::string parameters{};  // the spec's section, JSON
  double (*cost)(const Configuration& configuration) = nullptr;
  double optimum = 0;  // the least cost
};

const std::vector<Problem>& problems();

SearchSpace space_of(const Problem& problem);

}  // namespace autoglm::bench
