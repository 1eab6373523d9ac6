// Finds configurations that no trial holds: what every searcher owes, and where each of them ends
// when its own ideas are used up.
#pragma once

#include <cstdint>
#include <optional>

#include "optimizer/history.h"
#include "search_space/configuration.h"
#include "search_space/random.h"

namespace autoglm {

/// Whether `configuration` has the values of `fixed`.
bool agrees(const Configuration& configuration, const Configuration& fixed);

/// What a suggestion for one trial must satisfy.
class Request {
 public:
  /// Borrows its arguments, which must outlive it.
  Request(std::int64_t number, const Configuration& fixed, const History& history)
      : number_(number), fixed_(fixed), history_(history) {}

  const Configuration& fixed() const { return fixed_; }
  const History& history() const { return history_; }
  const SearchSpace& space() const { return history_.space(); }
  std::int64_t number() const { return number_; }

  /// Has the fixed values and satisfies the constraints.
  bool is_feasible(const Configuration& configuration) const;
  /// Feasible, and no other trial holds it.
  bool is_open(const Configuration& configuration) const;

 private:
  std::int64_t number_;
  const Configuration& fixed_;
  const History& history_;
};

/// A configuration drawn from the space's prior until an open one is found; where that takes too
/// long in a finite space (up to about a million configurations), one of the open ones, each as
/// likely. Nothing when none is left; but where values are fixed a tried one is better than none.
std::optional<Configuration> draw_unvisited(const Request& request, Rng& rng);

}  // namespace autoglm
