// A hash that is the same on every machine and for ever, as std::hash is not.
#pragma once

#include <cstdint>
#include <string_view>

namespace autoglm {

/// FNV-1a, 64 bits (Fowler, Noll and Vo, RFC 9923). Its low bits alone are poor.
constexpr std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash;
}

}  // namespace autoglm
