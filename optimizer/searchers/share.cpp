#include "optimizer/searchers/share.h"

#include <string>

namespace autoglm {

bool belongs_to(const Share& share, const Configuration& configuration) {
  if (share.count == 1) {
    return true;
  }
  // FNV-1a, 64 bits (Fowler, Noll, Vo): the same everywhere and for ever, as std::hash is not.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : configuration_key(configuration)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  hash ^= hash >> 32U;  // its low bits alone are poor
  return hash % static_cast<std::uint64_t>(share.count) == static_cast<std::uint64_t>(share.index);
}

}  // namespace autoglm
