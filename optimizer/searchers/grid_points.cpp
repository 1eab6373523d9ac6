#include "optimizer/searchers/grid_points.h"

#include <algorithm>

namespace autoglm {

GridPoints::GridPoints(const SearchSpace& space, const Configuration& fixed, std::uint64_t points)
    : space_(space), fixed_(fixed), points_(points) {}

std::uint64_t GridPoints::count(const Parameter& parameter) const {
  if (fixed_.contains(parameter.name)) {
    return 1;
  }
  return cardinality(parameter.domain).value_or(points_);
}

Value GridPoints::value(const Parameter& parameter, std::uint64_t i) const {
  if (const Value* given = fixed_.find(parameter.name)) {
    return *given;
  }
  if (cardinality(parameter.domain)) {
    return nth_value(parameter.domain, i);
  }
  return value_at(parameter.domain, static_cast<double>(i) / static_cast<double>(points_ - 1));
}

Configuration GridPoints::build_at_place() {
  return space_.build([this](std::size_t index, const Parameter& parameter) {
    return value(parameter, (*place_)[index]);
  });
}

std::optional<Configuration> GridPoints::next() {
  if (!place_) {
    place_.emplace(space_.size(), 0);
    return build_at_place();
  }
  // An odometer: the last active wheel that is not at its end moves on, those after it go back.
  const Configuration current = build_at_place();
  std::vector<std::uint64_t>& wheels = *place_;
  for (std::size_t i = space_.size(); i-- > 0;) {
    const Parameter& parameter = space_.parameters()[i];
    if (current.contains(parameter.name) && wheels[i] + 1 < count(parameter)) {
      ++wheels[i];
      std::fill(wheels.begin() + static_cast<std::ptrdiff_t>(i) + 1, wheels.end(), 0);
      return build_at_place();
    }
  }
  return std::nullopt;
}

}  // namespace autoglm
