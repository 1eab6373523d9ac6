#include "tests/gpu/emulation/workspace.h"

#include <algorithm>
#include <cstring>

namespace autoglm::emulation {
namespace {

constexpr std::size_t kRaster = std::size_t{64} << 10U;
constexpr std::size_t kPiece = 256;
constexpr std::size_t kEnd = 4096;

bool spoil_piece(const Actor& actor, const std::string& what, char* at, std::size_t bytes) {
  if (!touch(actor, what, at, bytes, Access::write)) {
    return false;
  }
  std::memset(at, 0xFF, bytes);
  return true;
}

}  // namespace

bool Workspace::spoil(const Actor& actor, const std::string& who) const {
  const std::string what = who + " in its workspace";
  char* const begin = static_cast<char*>(at);
  if (bytes <= kRaster) {
    return bytes == 0 || spoil_piece(actor, what, begin, bytes);
  }
  bool fine = spoil_piece(actor, what, begin, kEnd);
  for (std::size_t from = kRaster; from < bytes && fine; from += kRaster) {
    fine = spoil_piece(actor, what, begin + from, std::min(kPiece, bytes - from));
  }
  return fine && spoil_piece(actor, what, begin + bytes - kEnd, kEnd);
}

}  // namespace autoglm::emulation
