// Reference values: the check value of the catalogue of parametrised CRC algorithms, and what xz
// writes behind the same bytes (Python: lzma.compress(…, check=lzma.CHECK_CRC64)).
#include "trainer/nn/run/crc64.h"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

namespace autoglm::nn {
namespace {

std::vector<std::byte> made_bytes() {
  std::vector<std::byte> bytes(1003);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(i * i % 251);
  }
  return bytes;
}

TEST_CASE("checksums are those of xz") {
  CHECK(crc64({}) == 0);
  CHECK(crc64(std::as_bytes(std::span(std::string_view("123456789")))) == 0x995dc9bbdf1939fa);
  CHECK(crc64(made_bytes()) == 0x1f7f83c87e0fef41);
}

TEST_CASE("a checksum does not depend on the pieces that bytes come in") {
  const std::vector<std::byte> bytes = made_bytes();
  for (std::size_t cut = 0; cut <= 20; ++cut) {
    Crc64 crc;
    crc.add(std::span(bytes).first(cut));
    crc.add(std::span(bytes).subspan(cut));
    CHECK(crc.value() == crc64(bytes));
  }
}

}  // namespace
}  // namespace autoglm::nn
