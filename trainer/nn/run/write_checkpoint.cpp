#include <algorithm>
#include <utility>

#include "trainer/nn/run/bytes.h"
#include "trainer/nn/run/checkpoint.h"
#include "trainer/nn/run/checkpoint_layout.h"
#include "trainer/nn/run/crc64.h"
#include "trainer/nn/run/new_file.h"

namespace autoglm::nn {
namespace {

std::uint64_t file_size(std::span<const CheckpointPart> parts) {
  std::uint64_t size = kCheckpointHeader + kCheckpointChecksum;
  for (const CheckpointPart& part : parts) {
    size += sizeof(std::uint32_t) + part.name.size() + sizeof(std::uint64_t) + part.size;
  }
  return size;
}

std::vector<std::byte> head_of(std::uint64_t fingerprint, std::span<const CheckpointPart> parts) {
  ByteWriter head;
  head.text(kCheckpointMagic);
  head.number(kCheckpointVersion);
  head.number(static_cast<std::uint32_t>(parts.size()));
  head.number(fingerprint);
  head.number(file_size(parts));
  for (const CheckpointPart& part : parts) {
    head.number(static_cast<std::uint32_t>(part.name.size()));
    head.text(part.name);
    head.number(part.size);
  }
  return head.bytes();
}

std::uint64_t greatest_size(std::span<const CheckpointPart> parts) {
  std::uint64_t most = 0;
  for (const CheckpointPart& part : parts) {
    most = std::max(most, part.size);
  }
  return most;
}

}  // namespace

CheckpointPart part_of(std::string name, std::vector<std::byte> bytes) {
  const std::uint64_t size = bytes.size();
  return {.name = std::move(name),
          .size = size,
          .write = [bytes = std::move(bytes)](std::span<std::byte> to) {
            std::copy(bytes.begin(), bytes.end(), to.begin());
          }};
}

void write_checkpoint(const std::string& path, std::uint64_t fingerprint,
                      std::span<const CheckpointPart> parts) {
  try {
    NewFile file(path);
    Crc64 crc;
    const auto write = [&](std::span<const std::byte> bytes) {
      crc.add(bytes);
      file.write(bytes);
    };
    write(head_of(fingerprint, parts));
    std::vector<std::byte> buffer(static_cast<std::size_t>(greatest_size(parts)));
    for (const CheckpointPart& part : parts) {
      const auto bytes = std::span(buffer).first(static_cast<std::size_t>(part.size));
      part.write(bytes);
      write(bytes);
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
