#include "optimizer/searchers/share.h"

#include "search_space/stable_hash.h"

namespace autoglm {

bool belongs_to(const Share& share, const Configuration& configuration) {
  if (share.count == 1) {
    return true;
  }
  std::uint64_t hash = stable_hash(configuration_key(configuration));
  hash ^= hash >> 32U;  // its low bits alone are poor
  return hash % static_cast<std::uint64_t>(share.count) == static_cast<std::uint64_t>(share.index);
}

}  // namespace autoglm
