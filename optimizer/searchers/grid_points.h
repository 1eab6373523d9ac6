// The points of a grid over a search space, one after the other, never as a list.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "search_space/configuration.h"
#include "search_space/search_space.h"

namespace autoglm {

/// Every value of a finite domain; `points` values of a continuous one, both bounds among them and
/// evenly spaced (in the logarithm for log ranges). Only active parameters multiply.
class GridPoints {
 public:
  /// `fixed` parameters keep their values. Borrows the arguments, which must outlive it.
  GridPoints(const SearchSpace& space, const Configuration& fixed, std::uint64_t points);

  /// The first point in lexicographic order, the last parameter running fastest; afterwards the
  /// next one; nothing after the last. Constraints are not judged.
  std::optional<Configuration> next();

  /// The place in the order, and going on from one. No place is before the first point.
  using Place = std::optional<std::vector<std::uint64_t>>;  // [parameters], 0 where inactive
  const Place& place() const { return place_; }
  void go_to(Place place) { place_ = std::move(place); }

 private:
  std::uint64_t count(const Parameter& parameter) const;
  Value value(const Parameter& parameter, std::uint64_t i) const;
  Configuration build_at_place();

  const SearchSpace& space_;
  const Configuration& fixed_;
  std::uint64_t points_;
  Place place_{};
};

}  // namespace autoglm
