#include "optimizer/searchers/point_configuration.h"

namespace autoglm {

Configuration configuration_at(const SearchSpace& space, const std::vector<double>& point,
                               const Configuration& fixed) {
  return space.build([&](std::size_t i, const Parameter& parameter) {
    const Value* given = fixed.find(parameter.name);
    return given != nullptr ? *given : value_at(parameter.domain, point[i]);
  });
}

}  // namespace autoglm
