// What a writer of checkpoints leaves that is killed, or that has no room to write.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "search_space/random.h"
#include "tests/storage/child_process.h"
#include "tests/storage/fixtures.h"
#include "trainer/nn/run/bytes.h"
#include "trainer/nn/run/checkpoint.h"

namespace autoglm::nn {
namespace {

namespace fs = std::filesystem;
using testing::ChildProcess;
using testing::TemporaryFolder;

constexpr std::uint64_t kSpec = 5;

/// Checkpoint number n: n, and an array of bytes that follow from n.
void write_numbered(const std::string& path, std::uint64_t n, std::size_t size) {
  ByteWriter number;
  number.number(n);
  std::vector<std::byte> weights(size, static_cast<std::byte>(n % 251));
  write_checkpoint(
      path, kSpec,
      std::array{part_of("number", number.bytes()), part_of("weights", std::move(weights))});
}

/// Its number, after a look at all of its bytes.
std::uint64_t read_numbered(const std::string& path) {
  const auto found = Checkpoint::read(path, kSpec);
  REQUIRE(found.has_value());
  const std::vector<std::byte> number = found->bytes("number");
  const auto n = ByteReader(number).number<std::uint64_t>();
  const std::vector<std::byte> weights = found->bytes("weights");
  REQUIRE(std::all_of(weights.begin(), weights.end(),
                      [n](std::byte byte) { return byte == static_cast<std::byte>(n % 251); }));
  return n;
}

std::string writing_error(const std::string& path, std::size_t size) {
  try {
    write_numbered(path, 2, size);
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "no error";
}

std::ptrdiff_t files_in(const TemporaryFolder& folder) {
  return std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
}

TEST_CASE("a writer killed at any moment leaves a whole checkpoint, and none older than it said") {
  constexpr int kKills = 50;
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  Rng rng(1, 0);
  std::uint64_t last = 0;
  for (int i = 0; i < kKills; ++i) {
    ChildProcess writer([&](const auto& say) {
      for (std::uint64_t n = last + 1;; ++n) {
        write_numbered(path, n, 1000 + n * 7919 % 300'000);
        say(fmt::format("{}", n));
      }
      return 0;
    });
    std::string told = writer.hear();
    REQUIRE_FALSE(told.empty());
    usleep(static_cast<useconds_t>(rng.below(4000)));  // any moment
    writer.kill();
    for (std::string line = writer.hear(); !line.empty(); line = writer.hear()) {
      told = line;
    }
    last = read_numbered(path);
    CHECK(last >= std::stoull(told));
    CHECK(last <= std::stoull(told) + 1);
  }
}

TEST_CASE("a full disk ends in an error, the old checkpoint stays, and nothing else") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  constexpr int kNoMount = 77;
  ChildProcess writer([&](const auto& say) {
    if (unshare(CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("none", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
      return kNoMount;
    }
    write_numbered(path, 1, 400'000);
    say(writing_error(path, 800'000));
    say(fmt::format("{} {}", read_numbered(path), files_in(folder)));
    say(writing_error(path, 500'000));
    say(fmt::format("{} {}", read_numbered(path), files_in(folder)));
    return 0;
  });
  const std::string message = writer.hear();
  const std::string after = writer.hear();
  const std::string second = writer.hear();
  const std::string end = writer.hear();
  const int status = writer.wait();
  if (status == kNoMount) {
    MESSAGE("skipped: no right to mount a small disk");
    return;
  }
  CHECK(status == 0);
  CHECK(message == path + ": checkpoint cannot be written: No space left on device; make room");
  CHECK(after == "1 1");
  CHECK(second == "no error");
  CHECK(end == "2 1");
}

TEST_CASE("a file that may not grow ends in an error, and the old checkpoint stays") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  write_numbered(path, 1, 1000);
  ChildProcess writer([&](const auto& say) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 300'000, .rlim_max = 300'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    say(writing_error(path, 400'000));
    return 0;
  });
  CHECK(writer.hear() == path + ": checkpoint cannot be written: File too large; make room");
  CHECK(writer.wait() == 0);
  CHECK(read_numbered(path) == 1);
  CHECK(files_in(folder) == 1);
}

TEST_CASE("a folder that is not there, or a checkpoint that is one, says so") {
  const TemporaryFolder folder;
  const std::string remedy = "; check the disk, and that the folder is there and writable";
  CHECK(writing_error(folder / "none/run.ckpt", 10) ==
        folder / "none/run.ckpt" + ": checkpoint cannot be written: No such file or directory" +
            remedy);
  fs::create_directories(folder / "run.ckpt");
  CHECK(writing_error(folder / "run.ckpt", 10) ==
        folder / "run.ckpt" + ": checkpoint cannot be written: Is a directory" + remedy);
  CHECK(files_in(folder) == 1);
}

TEST_CASE("a checkpoint that may not be read says so") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  write_numbered(path, 1, 10);
  fs::permissions(folder.path(), fs::perms::all);
  fs::permissions(path, fs::perms::none);
  ChildProcess reader([&](const auto& say) {
    if (geteuid() == 0 && setuid(65534) != 0) {
      return 1;
    }
    try {
      Checkpoint::read(path, kSpec);
    } catch (const CheckpointError& error) {
      say(error.what());
    }
    return 0;
  });
  CHECK(reader.hear() == path +
                             ": checkpoint cannot be read: Permission denied; make it readable, or "
                             "remove it to begin the run anew");
}

}  // namespace
}  // namespace autoglm::nn
