#include "trainer/nn/data/data_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

DataFile::DataFile(std::string path) : path_(std::move(path)) {
  // A pipe without a writer must not make the program wait.
  descriptor_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor_) {
    fail_with(path_, "cannot be read: " + reason(errno) + "; correct the path");
  }
  struct stat status {};
  if (::fstat(descriptor_.get(), &status) != 0) {
    fail_with(path_, "cannot be read: " + reason(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    fail_with(path_, "is not a regular file; data is read from files, more than once");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

std::size_t DataFile::read(std::uint64_t offset, void* to, std::size_t bytes) const {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got = ::pread(descriptor_.get(), static_cast<char*>(to) + done, bytes - done,
                                static_cast<off_t>(offset + done));
    if (got == 0) {
      break;
    }
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      fail_with(path_, "cannot be read: " + reason(errno));
    }
  }
  return done;
}

void DataFile::read_exactly(std::uint64_t offset, void* to, std::size_t bytes) const {
  if (read(offset, to, bytes) != bytes) {
    fail_with(path_, "has become shorter while it was read; leave it alone during the run");
  }
}

void DataFile::refuse_what_is_no_text() const {
  struct Beginning {
    std::string_view bytes;
    std::string_view complaint;
  };
  constexpr std::array<Beginning, 6> kBeginnings = {
      {{"\x1f\x8b", "is compressed by gzip; unpack it with gunzip first"},
       {"PK\x03\x04", "is a zip archive or a spreadsheet; unpack it, or export it as CSV"},
       {"\x28\xb5\x2f\xfd", "is compressed by zstd; unpack it with unzstd first"},
       {"PAR1", "is a Parquet file; export it as CSV"},
       {"\xff\xfe", "is UTF-16; save it as UTF-8"},
       {"\xfe\xff", "is UTF-16; save it as UTF-8"}}};
  std::array<char, 4> first{};
  const std::string_view head(first.data(), read(0, first.data(), first.size()));
  for (const Beginning& beginning : kBeginnings) {
    if (head.starts_with(beginning.bytes)) {
      fail_with(path_, std::string(beginning.complaint));
    }
  }
}

}  // namespace autoglm::nn
