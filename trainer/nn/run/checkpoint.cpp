#include "trainer/nn/run/checkpoint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "trainer/launch/file_descriptor.h"
#include "trainer/nn/run/bytes.h"
#include "trainer/nn/run/checkpoint_layout.h"
#include "trainer/nn/run/crc64.h"

namespace autoglm::nn {
namespace {

constexpr const char* kStartAnew = "remove it to begin the run anew";

[[noreturn]] void fail(const std::string& path, const std::string& wrong,
                       const std::string& remedy = kStartAnew) {
  throw CheckpointError(fmt::format("{}: {}; {}", path, wrong, remedy));
}

[[noreturn]] void fail_reading(const std::string& path, int error) {
  fail(path, "checkpoint cannot be read: " + std::generic_category().message(error),
       "make it readable, or remove it to begin the run anew");
}

[[noreturn]] void fail_short(const std::string& path, std::uint64_t size, std::uint64_t expected) {
  fail(path, fmt::format("checkpoint is cut short: {} bytes of {}", size, expected));
}

/// The next bytes of the file, fewer than wished at its end.
void read_up_to(const std::string& path, int file, std::vector<std::byte>& bytes,
                std::uint64_t size) {
  std::size_t have = bytes.size();
  bytes.resize(static_cast<std::size_t>(size));
  while (have < bytes.size()) {
    const ssize_t more = ::read(file, bytes.data() + have, bytes.size() - have);
    if (more == 0) {
      break;
    }
    if (more > 0) {
      have += static_cast<std::size_t>(more);
    } else if (errno != EINTR) {
      fail_reading(path, errno);
    }
  }
  bytes.resize(have);
}

std::uint64_t size_of_regular(const std::string& path, int file) {
  struct stat found {};
  if (::fstat(file, &found) != 0) {
    fail_reading(path, errno);
  }
  if (!S_ISREG(found.st_mode)) {
    fail(path, "is a folder or device, no checkpoint", "name a file");
  }
  return static_cast<std::uint64_t>(found.st_size);
}

/// Looks at the header before anything is allocated by what it says.
void check_header(const std::string& path, std::span<const std::byte> header, std::uint64_t size) {
  const auto magic = std::as_bytes(std::span(kCheckpointMagic));
  const std::size_t common = std::min(magic.size(), header.size());
  if (!std::equal(magic.begin(), magic.begin() + static_cast<std::ptrdiff_t>(common),
                  header.begin())) {
    fail(path, "is no checkpoint, its first bytes are others",
         "name another file, or remove it to begin the run anew");
  }
  constexpr std::uint64_t kLeast = kCheckpointHeader + kCheckpointChecksum;
  if (header.size() < kCheckpointHeader || size < kLeast) {
    fail(path, fmt::format("checkpoint is cut short: {} bytes of at least {}", size, kLeast));
  }
  ByteReader reader(header.subspan(magic.size()));
  const auto version = reader.number<std::uint32_t>();
  if (version != kCheckpointVersion) {
    fail(path,
         fmt::format("checkpoint has version {}, this program reads version {}", version,
                     kCheckpointVersion),
         "use the program that wrote it, or remove it to begin the run anew");
  }
  reader.take(sizeof(std::uint32_t) + sizeof(std::uint64_t));  // number of arrays, fingerprint
  const auto written = reader.number<std::uint64_t>();
  if (size < written) {
    fail_short(path, size, written);
  }
  if (size > written) {
    fail(path, fmt::format("checkpoint is damaged: {} bytes where it says {}", size, written));
  }
}

void check_sum(const std::string& path, std::span<const std::byte> file) {
  const std::size_t covered = file.size() - kCheckpointChecksum;
  if (ByteReader(file.subspan(covered)).number<std::uint64_t>() != crc64(file.first(covered))) {
    fail(path, "checkpoint is damaged: its checksum does not fit its bytes");
  }
}

void check_fingerprint(const std::string& path, std::span<const std::byte> file,
                       std::uint64_t expected) {
  constexpr std::size_t kOffset = 16;
  const auto found = ByteReader(file.subspan(kOffset)).number<std::uint64_t>();
  if (found != expected) {
    fail(path,
         fmt::format("checkpoint is of another spec: fingerprint {:016x}, this run has {:016x}",
                     found, expected),
         "give the spec that it was made with, or remove it to begin the run anew");
  }
}

}  // namespace

std::optional<Checkpoint> Checkpoint::read(const std::string& path, std::uint64_t fingerprint) {
  // A pipe must not keep the run waiting for somebody who writes.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    if (errno == ENOENT) {
      return std::nullopt;
    }
    fail_reading(path, errno);
  }
  const std::uint64_t size = size_of_regular(path, file.get());
  std::vector<std::byte> bytes;
  read_up_to(path, file.get(), bytes, std::min(size, kCheckpointHeader));
  check_header(path, bytes, size);
  read_up_to(path, file.get(), bytes, size);
  if (bytes.size() < size) {
    fail_short(path, bytes.size(), size);
  }
  check_sum(path, bytes);
  check_fingerprint(path, bytes, fingerprint);
  Checkpoint checkpoint(path, std::move(bytes));
  if (!checkpoint.find_arrays()) {
    fail(path, "checkpoint is damaged: its table of arrays does not fit its size");
  }
  return checkpoint;
}

Checkpoint::Checkpoint(std::string path, std::vector<std::byte> file)
    : path_(std::move(path)), file_(std::move(file)) {}

/// False if the table does not describe all of the file.
bool Checkpoint::find_arrays() {
  const std::span<const std::byte> file(file_);
  ByteReader reader(file.first(file.size() - kCheckpointChecksum));
  reader.take(kCheckpointMagic.size() + sizeof(std::uint32_t));
  const auto count = reader.number<std::uint32_t>();
  reader.take(2 * sizeof(std::uint64_t));
  std::vector<std::pair<std::string, std::uint64_t>> table;
  for (std::uint32_t i = 0; i < count && !reader.overrun(); ++i) {
    std::string name = reader.text(reader.number<std::uint32_t>());
    table.emplace_back(std::move(name), reader.number<std::uint64_t>());
  }
  for (const auto& [name, size] : table) {
    const bool added = arrays_.emplace(name, reader.take(size)).second;
    if (!added || reader.overrun()) {
      return false;
    }
  }
  return reader.complete();
}

std::span<const std::byte> Checkpoint::at(std::string_view name) const {
  const auto found = arrays_.find(name);
  if (found == arrays_.end()) {
    fail(path_, fmt::format("checkpoint has no \"{}\"", name),
         "use the program that wrote it, or remove it to begin the run anew");
  }
  return found->second;
}

}  // namespace autoglm::nn
