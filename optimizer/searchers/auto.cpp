#include "optimizer/searchers/auto.h"

#include <fmt/format.h>

#include <algorithm>

namespace autoglm {

namespace {

constexpr std::int64_t kManyTrials = 20'000;
constexpr int kManyAtATime = 200;
constexpr std::uint64_t kCountingSteps = 100'000;

}  // namespace

AutoChoice choose_searcher(const SearchSpace& space, const SearcherContext& context) {
  if (context.max_trials) {
    const std::optional<std::uint64_t> count = space.count(kCountingSteps);
    if (count &&
        *count <= static_cast<std::uint64_t>(std::max<std::int64_t>(*context.max_trials, 0))) {
      return {"grid", fmt::format("all {} configurations fit into the budget of {} trials", *count,
                                  *context.max_trials)};
    }
    if (*context.max_trials > kManyTrials) {
      return {"sobol", fmt::format("with {} trials, more than {}, a model costs more than it tells",
                                   *context.max_trials, kManyTrials)};
    }
  }
  if (context.parallel > kManyAtATime) {
    return {"sobol", fmt::format("with {} trials at a time, more than {}, too little is known when "
                                 "a trial is chosen",
                                 context.parallel, kManyAtATime)};
  }
  return {"gp", "a model of the past trials finds good configurations in the fewest trials"};
}

}  // namespace autoglm
