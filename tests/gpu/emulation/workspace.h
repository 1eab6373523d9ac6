// Memory that a library was given to compute in: what lies there afterwards is the library's
// affair.
#pragma once

#include <cstddef>
#include <string>

#include "tests/gpu/emulation/race.h"

namespace autoglm::emulation {

struct Workspace {
  void* at = nullptr;
  std::size_t bytes = 0;

  /// Writes NaN, before an operation reads its arrays and after it has written them, so that none
  /// may lie there: everywhere in up to 64 KiB, of larger ones in both ends and in 256 bytes of
  /// each 64 KiB. False: it may not, and has complained.
  bool spoil(const Actor& actor, const std::string& who) const;
};

}  // namespace autoglm::emulation
