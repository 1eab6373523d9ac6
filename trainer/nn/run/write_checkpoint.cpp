#include "trainer/nn/run/bytes.h"
#include "trainer/nn/run/checkpoint.h"
#include "trainer/nn/run/checkpoint_layout.h"
#include "trainer/nn/run/crc64.h"
#include "trainer/nn/run/new_file.h"

namespace autoglm::nn {
namespace {

std::uint64_t file_size(std::span<const NamedBytes> arrays) {
  std::uint64_t size = kCheckpointHeader + kCheckpointChecksum;
  for (const NamedBytes& array : arrays) {
    size += sizeof(std::uint32_t) + array.name.size() + sizeof(std::uint64_t) + array.bytes.size();
  }
  return size;
}

std::vector<std::byte> head_of(std::uint64_t fingerprint, std::span<const NamedBytes> arrays) {
  ByteWriter head;
  head.text(kCheckpointMagic);
  head.number(kCheckpointVersion);
  head.number(static_cast<std::uint32_t>(arrays.size()));
  head.number(fingerprint);
  head.number(file_size(arrays));
  for (const NamedBytes& array : arrays) {
    head.number(static_cast<std::uint32_t>(array.name.size()));
    head.text(array.name);
    head.number(static_cast<std::uint64_t>(array.bytes.size()));
  }
  return head.bytes();
}

}  // namespace

void write_checkpoint(const std::string& path, std::uint64_t fingerprint,
                      std::span<const NamedBytes> arrays) {
  try {
    NewFile file(path);
    Crc64 crc;
    const auto write = [&](std::span<const std::byte> bytes) {
      crc.add(bytes);
      file.write(bytes);
    };
    write(head_of(fingerprint, arrays));
    for (const NamedBytes& array : arrays) {
      write(array.bytes);
    }
    ByteWriter tail;
    tail.number(crc.value());
    file.write(tail.bytes());
    file.commit();
  } catch (const std::system_error& error) {
    throw CheckpointError(write_failure_text(path, "checkpoint", error.code()));
  }
}

}  // namespace autoglm::nn
