// A checksum of 64 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace autoglm::nn {

/// CRC-64/XZ (the polynomial of ECMA-182, reflected): changes in up to 64 adjacent bits never go
/// unseen, others with a chance of 2^-64. 0x995dc9bbdf1939fa for "123456789".
class Crc64 {
 public:
  void add(std::span<const std::byte> bytes);
  /// Of all bytes so far.
  std::uint64_t value() const { return ~state_; }

 private:
  std::uint64_t state_ = ~std::uint64_t{0};
};

inline std::uint64_t crc64(std::span<const std::byte> bytes) {
  Crc64 crc;
  crc.add(bytes);
  return crc.value();
}

}  // namespace autoglm::nn
