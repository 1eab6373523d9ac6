#include "trainer/train/data_fingerprint.h"

#include <span>
#include <string>
#include <vector>

#include "trainer/nn/data/data_file.h"
#include "trainer/nn/run/crc64.h"

namespace autoglm {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 18U;  // bytes

void add_number(nn::Crc64& crc, std::uint64_t number) {
  crc.add(std::as_bytes(std::span(&number, 1)));
}

void add_file(nn::Crc64& crc, const std::string& path) {
  const nn::DataFile file(path);
  add_number(crc, file.size());  // so that bytes do not move from one file to the next unseen
  std::vector<std::byte> block(kBlock);
  std::uint64_t offset = 0;
  while (const std::size_t size = file.read(offset, block.data(), block.size())) {
    crc.add(std::span(block).first(size));
    offset += size;
  }
}

}  // namespace

std::uint64_t data_fingerprint(const nn::DataSpec& spec, std::uint64_t seed) {
  nn::Crc64 crc;
  add_number(crc, seed);
  for (const std::string* path : {&spec.path, &spec.labels, &spec.validation_path,
                                  &spec.validation_labels, &spec.test_path, &spec.test_labels}) {
    if (!path->empty()) {
      add_file(crc, *path);
    }
  }
  return crc.value();
}

}  // namespace autoglm
