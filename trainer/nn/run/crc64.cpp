#include "trainer/nn/run/crc64.h"

#include <array>
#include <cstring>

namespace autoglm::nn {
namespace {

using Table = std::array<std::uint64_t, 256>;

/// Table j gives what a byte does to the checksum when j more bytes follow it, so eight bytes are
/// taken at once (Kounavis and Berry, "Novel table lookup-based algorithms for high-performance
/// CRC generation", IEEE Transactions on Computers 57(11), 2008).
constexpr std::array<Table, 8> make_tables() {
  constexpr std::uint64_t kPolynomial = 0xc96c5795d7870f42;  // reflected
  std::array<Table, 8> tables{};
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    std::uint64_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest >> 1) ^ ((rest & 1) != 0 ? kPolynomial : 0);
    }
    tables[0][byte] = rest;
  }
  for (std::size_t j = 1; j < 8; ++j) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint64_t rest = tables[j - 1][byte];
      tables[j][byte] = (rest >> 8) ^ tables[0][rest & 0xff];
    }
  }
  return tables;
}

constexpr std::array<Table, 8> kTables = make_tables();

}  // namespace

void Crc64::add(std::span<const std::byte> bytes) {
  std::uint64_t state = state_;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);  // little endian, see bytes.h
    word ^= state;
    state = 0;
    for (std::size_t j = 0; j < 8; ++j) {
      state ^= kTables[7 - j][(word >> (8 * j)) & 0xff];
    }
  }
  for (const std::byte byte : bytes) {
    state = (state >> 8) ^ kTables[0][(state ^ static_cast<std::uint64_t>(byte)) & 0xff];
  }
  state_ = state;
}

}  // namespace autoglm::nn
