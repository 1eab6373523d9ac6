// A share of a finite space, for a study that several machines search without talking.
#pragma once

#include <cstdint>

#include "search_space/configuration.h"

namespace autoglm {

struct Share {
  std::int64_t index = 0;  // 0 <= index < count
  std::int64_t count = 1;
};

/// Each configuration belongs to exactly one share, whatever the order of its parameters; shares
/// are about alike.
bool belongs_to(const Share& share, const Configuration& configuration);

}  // namespace autoglm
