// Decides what a study does next. All that a study can ever decide fits here: new trials,
// promotions of paused ones, repeats with another seed, clones with changed values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "optimizer/history.h"
#include "optimizer/pruner.h"

namespace autoglm {

/// Give out a new trial.
struct Start {
  Configuration configuration{};
  std::string why{};                            // one line, stored with the trial
  std::string searcher{};                       // who chose
  std::string chosen_with{};                    // see Trial
  std::optional<std::int64_t> until_step{};     // pause it there; none: run to its end
  std::optional<std::int64_t> checkpoint_of{};  // begin from this trial's checkpoint (a clone)
  bool allow_duplicate = false;                 // a repeat on purpose
};

/// Go on with a paused trial, under its number.
struct Continue {
  std::int64_t trial = 0;
  std::optional<std::int64_t> until_step{};
};

/// Nothing to do until another event.
struct Wait {};

/// Nothing more will ever come: "space_exhausted".
struct Done {
  std::string reason{};
  std::string detail{};  // for people: the constraint that rejected most, say
};

using Decision = std::variant<Start, Continue, Wait, Done>;

class Planner {
 public:
  virtual ~Planner() = default;

  /// Depends on nothing but the history (and caches of it), so that a decision can be re-derived.
  virtual Decision next(const History& history) = 0;

  /// The rest of a configuration that a user gave in part, for trial `number`. Nothing when no
  /// whole configuration satisfies the constraints.
  virtual std::optional<Start> complete(std::int64_t number, const Configuration& fixed,
                                        const History& history) = 0;

  /// Called after each report of a running trial.
  virtual Verdict judge(const Trial& trial, const History& history) = 0;

  /// What to store with a trial that has just ended and is in the history as such: user attributes,
  /// their names and JSON text.
  virtual std::vector<std::pair<std::string, std::string>> attributes_at_end(
      const Trial& /*trial*/, const History& /*history*/) {
    return {};
  }

  /// How the choice of a trial came about, beyond its `why`, and what was learnt from it: one JSON
  /// object, with "unconfirmed" where that cannot be derived; empty: nothing to add.
  virtual std::string explain(const Trial& /*trial*/, const History& /*history*/) { return {}; }

  /// The n finished trials to use, best first: (trial number, expected value, standard error).
  struct Recommendation {
    std::int64_t trial = 0;
    double expected = 0;
    std::optional<double> standard_error{};
  };
  virtual std::vector<Recommendation> recommend(std::size_t n, const History& history) = 0;
};

}  // namespace autoglm
