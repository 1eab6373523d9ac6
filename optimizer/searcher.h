// Proposes configurations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "optimizer/history.h"
#include "optimizer/planner.h"

namespace autoglm {

struct Suggestion {
  Configuration configuration{};
  std::string why{};  // one line: the acquisition's value, the model in a few numbers
  /// With what it was chosen, beyond the events and the seed, where explain() needs that: one JSON
  /// object.
  std::string chosen_with{};
};

/// May cache what it can rebuild from the history and nothing else: resuming is building anew from
/// the past, so stopping and resuming gives the same trials as not stopping. Running trials are in
/// the history, for a model to treat as pending.
class Searcher {
 public:
  virtual ~Searcher() = default;

  /// A configuration for trial `number` that has the values of `fixed` (usually empty) and that no
  /// trial of the history holds while others remain. Nothing when the space is exhausted (for
  /// whole `fixed`-free requests: every configuration was tried; with `fixed`: none is feasible).
  /// Draws only from Rng(seed, number).
  virtual std::optional<Suggestion> suggest(std::int64_t number, const Configuration& fixed,
                                            const History& history) = 0;

  /// What to store with a trial that has just ended and is in the history as such: user attributes,
  /// their names and JSON text.
  using Attributes = std::vector<std::pair<std::string, std::string>>;
  virtual Attributes attributes_at_end(const Trial& trial, const History& history);

  /// How the choice of a trial came about, beyond its `why`: one JSON object, derived anew from the
  /// events that it had seen and what it was chosen with; and what was learnt from it. Where that
  /// cannot be, its member "unconfirmed" says why. Empty: nothing to add.
  virtual std::string explain(const Trial& trial, const History& history);

  /// The n complete trials to use, best first. The default takes the best observed; a model under
  /// noise knows better.
  virtual std::vector<Planner::Recommendation> recommend(std::size_t n, const History& history);
};

}  // namespace autoglm
