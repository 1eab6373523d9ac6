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
constexpr const char* kOtherProgram =
    "use the program that wrote it, or remove it to begin the run anew";

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

/// As many bytes from `offset` as are wished, fewer at the end of the file.
std::size_t read_at(const std::string& path, const FileDescriptor& file, std::uint64_t offset,
                    std::span<std::byte> to) {
  std::size_t have = 0;
  while (have < to.size()) {
    const ssize_t more =
        ::pread(file.get(), to.data() + have, to.size() - have, static_cast<off_t>(offset + have));
    if (more == 0) {
      break;
    }
    if (more > 0) {
      have += static_cast<std::size_t>(more);
    } else if (errno != EINTR) {
      fail_reading(path, errno);
    }
  }
  return have;
}

void read_exactly(const std::string& path, const FileDescriptor& file, std::uint64_t offset,
                  std::span<std::byte> to) {
  if (const std::size_t have = read_at(path, file, offset, to); have < to.size()) {
    fail_short(path, offset + have, offset + to.size());
  }
}

std::vector<std::byte> read_exactly(const std::string& path, const FileDescriptor& file,
                                    std::uint64_t offset, std::uint64_t size) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  read_exactly(path, file, offset, bytes);
  return bytes;
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
         kOtherProgram);
  }
  reader.take(sizeof(std::uint32_t) + sizeof(std::uint64_t));  // number of parts, fingerprint
  const auto written = reader.number<std::uint64_t>();
  if (size < written) {
    fail_short(path, size, written);
  }
  if (size > written) {
    fail(path, fmt::format("checkpoint is damaged: {} bytes where it says {}", size, written));
  }
}

void check_sum(const std::string& path, const FileDescriptor& file, std::uint64_t size) {
  constexpr std::uint64_t kBlock = std::uint64_t{1} << 18U;
  const std::uint64_t covered = size - kCheckpointChecksum;
  Crc64 crc;
  for (std::uint64_t done = 0; done < covered; done += kBlock) {
    crc.add(read_exactly(path, file, done, std::min(kBlock, covered - done)));
  }
  const std::vector<std::byte> sum = read_exactly(path, file, covered, kCheckpointChecksum);
  if (ByteReader(sum).number<std::uint64_t>() != crc.value()) {
    fail(path, "checkpoint is damaged: its checksum does not fit its bytes");
  }
}

void check_fingerprint(const std::string& path, std::span<const std::byte> header,
                       std::uint64_t expected) {
  constexpr std::size_t kOffset = 16;
  const auto found = ByteReader(header.subspan(kOffset)).number<std::uint64_t>();
  if (found != expected) {
    fail(path,
         fmt::format("checkpoint is of another spec or other data: fingerprint {:016x}, this run "
                     "has {:016x}",
                     found, expected),
         "give the spec and data that it was made with, or remove it to begin the run anew");
  }
}

}  // namespace

std::optional<Checkpoint> Checkpoint::read(const std::string& path, std::uint64_t fingerprint) {
  // A pipe must not keep the run waiting for somebody who writes.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    if (errno == ENOENT) {
      return std::nullopt;
    }
    fail_reading(path, errno);
  }
  const std::uint64_t size = size_of_regular(path, file.get());
  const std::vector<std::byte> header =
      read_exactly(path, file, 0, std::min(size, kCheckpointHeader));
  check_header(path, header, size);
  check_sum(path, file, size);
  check_fingerprint(path, header, fingerprint);
  Checkpoint checkpoint(path, std::move(file));
  if (!checkpoint.find_parts(size)) {
    fail(path, "checkpoint is damaged: its table of parts does not fit its size");
  }
  return checkpoint;
}

Checkpoint::Checkpoint(std::string path, FileDescriptor file)
    : path_(std::move(path)), file_(std::move(file)) {}

/// False if the table does not describe all of the file.
bool Checkpoint::find_parts(std::uint64_t file_size) {
  const std::uint64_t end = file_size - kCheckpointChecksum;
  std::uint64_t at = kCheckpointMagic.size() + sizeof(std::uint32_t);
  const std::vector<std::byte> number = read_exactly(path_, file_, at, sizeof(std::uint32_t));
  const auto count = ByteReader(number).number<std::uint32_t>();
  at = kCheckpointHeader;
  std::vector<std::pair<std::string, std::uint64_t>> table;
  for (std::uint32_t i = 0; i < count; ++i) {
    constexpr std::uint64_t kLeast = sizeof(std::uint32_t) + sizeof(std::uint64_t);
    if (end - at < kLeast) {
      return false;
    }
    const std::vector<std::byte> length = read_exactly(path_, file_, at, sizeof(std::uint32_t));
    const std::uint64_t name = ByteReader(length).number<std::uint32_t>();
    if (end - at - kLeast < name) {
      return false;
    }
    const std::vector<std::byte> entry = read_exactly(path_, file_, at, kLeast + name);
    ByteReader reader(entry);
    reader.number<std::uint32_t>();
    std::string text = reader.text(name);
    table.emplace_back(std::move(text), reader.number<std::uint64_t>());
    at += entry.size();
  }
  for (const auto& [name, size] : table) {
    if (size > end - at || !parts_.emplace(name, Place{.offset = at, .size = size}).second) {
      return false;
    }
    at += size;
  }
  return at == end;
}

const Checkpoint::Place& Checkpoint::place(std::string_view part) const {
  const auto found = parts_.find(part);
  if (found == parts_.end()) {
    fail(path_, fmt::format("checkpoint has no \"{}\"", part), kOtherProgram);
  }
  return found->second;
}

std::vector<std::byte> Checkpoint::bytes(std::string_view part) const {
  const Place& found = place(part);
  return read_exactly(path_, file_, found.offset, found.size);
}

void Checkpoint::read(std::string_view part, std::span<std::byte> to) const {
  require(part, to.size());
  read_exactly(path_, file_, place(part).offset, to);
}

void Checkpoint::require(std::string_view part, std::uint64_t size) const {
  if (const std::uint64_t found = place(part).size; found != size) {
    fail(path_,
         fmt::format("checkpoint has {} bytes of \"{}\", this run has {}", found, part, size),
         kOtherProgram);
  }
}

void Checkpoint::refuse(std::string_view part) const {
  fail(path_, fmt::format("checkpoint has another \"{}\" than this program writes", part),
       kOtherProgram);
}

}  // namespace autoglm::nn
