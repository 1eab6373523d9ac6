#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "trainer/launch/file_descriptor.h"
#include "trainer/nn/run/bytes.h"
#include "trainer/nn/run/checkpoint.h"
#include "trainer/nn/run/checkpoint_layout.h"
#include "trainer/nn/run/crc64.h"

namespace autoglm::nn {
namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  throw CheckpointError(fmt::format(
      "{}: checkpoint cannot be written: {}; {}, then run this again", path,
      std::generic_category().message(error),
      full ? "make room" : "check the disk, and that the folder is there and writable"));
}

/// The file beside a checkpoint that becomes it, or leaves no trace.
class NewFile {
 public:
  explicit NewFile(const std::string& path)
      : path_(path),
        beside_(path + ".new"),
        file_(::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (!file_) {
      fail(path_, errno);
    }
  }
  ~NewFile() {
    if (!committed_) {
      ::unlink(beside_.c_str());
    }
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::span<const std::byte> bytes) {
    crc_.add(bytes);
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        fail(path_, errno);
      }
    }
  }
  std::uint64_t checksum() const { return crc_.value(); }

  /// The bytes first, then the name: else the name could survive a power cut without the bytes.
  void commit() {
    if (::fsync(file_.get()) != 0 || ::rename(beside_.c_str(), path_.c_str()) != 0) {
      fail(path_, errno);
    }
    committed_ = true;
    const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
    const FileDescriptor names(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Some file systems cannot do this for folders, and say so with EINVAL.
    if (!names || (::fsync(names.get()) != 0 && errno != EINVAL)) {
      fail(path_, errno);
    }
  }

 private:
  std::string path_;
  std::string beside_;
  FileDescriptor file_;
  Crc64 crc_{};
  bool committed_ = false;
};

std::uint64_t file_size(std::span<const NamedBytes> arrays) {
  std::uint64_t size = kCheckpointHeader + kCheckpointChecksum;
  for (const NamedBytes& array : arrays) {
    size += sizeof(std::uint32_t) + array.name.size() + sizeof(std::uint64_t) + array.bytes.size();
  }
  return size;
}

}  // namespace

void write_checkpoint(const std::string& path, std::uint64_t fingerprint,
                      std::span<const NamedBytes> arrays) {
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
  NewFile file(path);
  file.write(head.bytes());
  for (const NamedBytes& array : arrays) {
    file.write(array.bytes);
  }
  ByteWriter tail;
  tail.number(file.checksum());
  file.write(tail.bytes());
  file.commit();
}

}  // namespace autoglm::nn
