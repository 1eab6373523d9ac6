#include "trainer/nn/run/checkpoint.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "search_space/random.h"
#include "tests/storage/fixtures.h"
#include "trainer/nn/run/bytes.h"
#include "trainer/nn/run/crc64.h"
#include "trainer/nn/run/throughput.h"

namespace autoglm::nn {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

constexpr std::uint64_t kSpec = 0x0123456789abcdef;

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

CheckpointPart text_part(const std::string& name, std::string_view text) {
  const auto bytes = as_bytes(text);
  return part_of(name, {bytes.begin(), bytes.end()});
}

void write_example(const std::string& path) {
  const std::array parts{text_part("step", "17"), text_part("none", ""),
                         text_part("fc1.weight", "some weights")};
  write_checkpoint(path, kSpec, parts);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, std::string_view text) {
  fs::remove(path);  // ext4 waits for the disk when a file is written over
  std::ofstream(path, std::ios::binary) << text;
}

std::string checkpoint_error(const std::string& path, std::uint64_t spec = kSpec) {
  try {
    Checkpoint::read(path, spec);
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "no error";
}

/// The same with the checksum that its bytes should have.
std::string with_checksum(std::string file) {
  file.resize(file.size() - 8);
  ByteWriter sum;
  sum.number(crc64(as_bytes(file)));
  return file + as_text(sum.bytes());
}

TEST_CASE("what was written is read, whatever the order and size") {
  const TemporaryFolder folder;
  write_example(folder / "run.ckpt");
  const auto found = Checkpoint::read(folder / "run.ckpt", kSpec);
  REQUIRE(found.has_value());
  CHECK(as_text(found->bytes("fc1.weight")) == "some weights");
  CHECK(as_text(found->bytes("step")) == "17");
  CHECK(found->bytes("none").empty());
  CHECK_THROWS_AS(found->bytes("fc2.weight"), CheckpointError);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("the layout is the one that the header describes") {
  const TemporaryFolder folder;
  write_checkpoint(folder / "run.ckpt", kSpec, std::array{text_part("a", "xyz")});
  const std::string file = read_file(folder / "run.ckpt");
  using namespace std::string_literals;
  CHECK(file.substr(0, 48) ==
        "\x89"
        "AGLM\r\n\x1a"
        "\2\0\0\0"
        "\1\0\0\0"
        "\xef\xcd\xab\x89\x67\x45\x23\x01"
        "\x38\0\0\0\0\0\0\0"
        "\1\0\0\0"
        "a"
        "\3\0\0\0\0\0\0\0"
        "xyz"s);
  CHECK(file.size() == 0x38);
  CHECK(with_checksum(file) == file);
}

TEST_CASE("a checkpoint without parts is one") {
  const TemporaryFolder folder;
  write_checkpoint(folder / "run.ckpt", kSpec, {});
  CHECK(Checkpoint::read(folder / "run.ckpt", kSpec).has_value());
}

TEST_CASE("a checkpoint may be moved") {
  const TemporaryFolder folder;
  write_example(folder / "run.ckpt");
  Checkpoint first = std::move(*Checkpoint::read(folder / "run.ckpt", kSpec));
  const Checkpoint second = std::move(first);
  CHECK(as_text(second.bytes("step")) == "17");
}

TEST_CASE("where there is no file there is no checkpoint and no error") {
  const TemporaryFolder folder;
  CHECK_FALSE(Checkpoint::read(folder / "run.ckpt", kSpec).has_value());
}

TEST_CASE("a checkpoint written over another replaces it, and what a killed writer left") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  write_example(path);
  write_file(path + ".new", std::string(100'000, 'x'));
  write_checkpoint(path, kSpec, std::array{text_part("step", "18")});
  const auto found = Checkpoint::read(path, kSpec);
  CHECK(as_text(found->bytes("step")) == "18");
  CHECK_THROWS_AS(found->bytes("fc1.weight"), CheckpointError);
  CHECK_FALSE(fs::exists(path + ".new"));
}

TEST_CASE("a name without a folder is one of the current folder") {
  const TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  write_example("run.ckpt");
  CHECK(Checkpoint::read("run.ckpt", kSpec).has_value());
  fs::current_path(before);
}

TEST_CASE("a checkpoint that cannot be used says why and what to do") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  write_example(path);
  const std::string file = read_file(path);
  REQUIRE(file.size() == 40 + 3 * 12 + 4 + 4 + 10 + 2 + 12);
  const std::string anew = "; remove it to begin the run anew";

  write_file(path, "step,loss\n1,0.5\n");
  CHECK(checkpoint_error(path) ==
        path +
            ": is no checkpoint, its first bytes are others; name another file, or remove it to "
            "begin the run anew");
  write_file(path, "");
  CHECK(checkpoint_error(path) ==
        path + ": checkpoint is cut short: 0 bytes of at least 40" + anew);
  write_file(path, file.substr(0, 107));
  CHECK(checkpoint_error(path) == path + ": checkpoint is cut short: 107 bytes of 108" + anew);
  write_file(path, file + "x");
  CHECK(checkpoint_error(path) ==
        path + ": checkpoint is damaged: 109 bytes where it says 108" + anew);

  std::string changed = file;
  changed[95] = static_cast<char>(changed[95] ^ 1);
  write_file(path, changed);
  CHECK(checkpoint_error(path) ==
        path + ": checkpoint is damaged: its checksum does not fit its bytes" + anew);

  changed = file;
  changed[8] = 1;
  write_file(path, with_checksum(changed));
  CHECK(checkpoint_error(path) ==
        path +
            ": checkpoint has version 1, this program reads version 2; use the program that "
            "wrote it, or remove it to begin the run anew");

  write_file(path, file);
  CHECK(checkpoint_error(path, 7) ==
        path +
            ": checkpoint is of another spec or other data: fingerprint 0123456789abcdef, this "
            "run has 0000000000000007; give the spec and data that it was made with, or remove it "
            "to begin the run anew");
  const auto found = Checkpoint::read(path, kSpec);
  CHECK_THROWS_WITH_AS(
      found->bytes("fc2.weight"),
      (path + ": checkpoint has no \"fc2.weight\"; use the program that wrote it, or remove it to "
              "begin the run anew")
          .c_str(),
      CheckpointError);
  CHECK_NOTHROW(found->require("fc1.weight", 12));
  CHECK_THROWS_WITH_AS(
      found->require("fc1.weight", 640),
      (path + ": checkpoint has 12 bytes of \"fc1.weight\", this run has 640; use the program that "
              "wrote it, or remove it to begin the run anew")
          .c_str(),
      CheckpointError);
}

TEST_CASE("a part that cannot be had leaves the old checkpoint and nothing else") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  write_example(path);
  const CheckpointPart broken{.name = "step", .size = 2, .write = [](std::span<std::byte>) {
                                throw std::runtime_error("the device is gone");
                              }};
  CHECK_THROWS_WITH(write_checkpoint(path, kSpec, std::array{broken}), "the device is gone");
  CHECK(as_text(Checkpoint::read(path, kSpec)->bytes("step")) == "17");
  CHECK_FALSE(fs::exists(path + ".new"));
}

TEST_CASE("a table of parts that does not fit is damage, also under a right checksum") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  write_example(path);
  const std::string file = read_file(path);
  const std::string damaged =
      path +
      ": checkpoint is damaged: its table of parts does not fit its size; remove it to "
      "begin the run anew";
  // The number of parts, the size of the first name, of the first part: 3, 4 and 2.
  for (const std::size_t at : {12U, 32U, 40U}) {
    for (const char* number : {"\x02", "\x05", "\xff\xff\xff\xff", "\xff\xff\xff\x7f"}) {
      std::string changed = file;
      const std::string_view bytes(number);
      changed.replace(at, bytes.size(), bytes);
      if (changed != file) {
        write_file(path, with_checksum(changed));
        CHECK(checkpoint_error(path) == damaged);
      }
    }
  }
  std::string twice = file;
  twice.replace(file.find("none"), 4, "step");
  write_file(path, with_checksum(twice));
  CHECK(checkpoint_error(path) == damaged);
}

TEST_CASE("a flipped bit never goes unseen") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  write_example(path);
  const std::string file = read_file(path);
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    std::string changed = file;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    write_file(path, changed);
    REQUIRE(checkpoint_error(path) != "no error");
  }
}

TEST_CASE("a checkpoint cut short anywhere never goes unseen") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  write_example(path);
  const std::string file = read_file(path);
  for (std::size_t size = 0; size < file.size(); ++size) {
    write_file(path, file.substr(0, size));
    REQUIRE(checkpoint_error(path).find("cut short") != std::string::npos);
  }
}

// Bytes and whole numbers changed at random, pieces taken out, doubled, zeroed.
std::string mutated(std::string file, Rng& rng) {
  const std::uint64_t changes = 1 + rng.below(4);
  for (std::uint64_t i = 0; i < changes && !file.empty(); ++i) {
    const std::size_t at = rng.below(file.size());
    const std::size_t size = std::min<std::size_t>(file.size() - at, 1 + rng.below(16));
    switch (rng.below(5)) {
      case 0:
        file[at] = static_cast<char>(rng.below(256));
        break;
      case 1:
        file.replace(at, size, std::string(size, rng.below(2) == 0 ? '\0' : '\xff'));
        break;
      case 2:
        file.erase(at, size);
        break;
      case 3:
        file.insert(at, file.substr(at, size));
        break;
      default:
        file.resize(at);
        break;
    }
  }
  return file;
}

TEST_CASE("no file whatsoever crashes the reader, or makes it take memory by what it says") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.ckpt";
  write_example(path);
  const std::string file = read_file(path);
  Rng rng(1, 0);
  int refused = 0;
  int taken = 0;
  const auto before = host_memory();
  for (int i = 0; i < 20'000; ++i) {
    std::string changed = mutated(file, rng);
    if (changed.size() >= 40 && rng.below(4) != 0) {  // as if nothing had happened to it
      ByteWriter size;
      size.number(static_cast<std::uint64_t>(changed.size()));
      changed.replace(24, 8, as_text(size.bytes()));
      changed = with_checksum(changed);
    }
    write_file(path, changed);
    try {
      const auto found = Checkpoint::read(path, kSpec);
      REQUIRE(found.has_value());
      ++taken;
      const std::size_t size = found->bytes("step").size();  // or it has no step, and throws
      CHECK(size <= changed.size());
    } catch (const CheckpointError&) {
      ++refused;
    }
  }
  CHECK(refused > 10'000);
  CHECK(taken > 100);
  // Sizes in such files are up to 2^64; sanitizers keep what was freed for a while.
  REQUIRE(before.has_value());
  CHECK(host_memory()->peak - before->resident < 512'000'000);
}

TEST_CASE("what is no file is no checkpoint, and nobody waits for a pipe") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "folder");
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  for (const std::string& path : {folder / "folder", folder / "pipe", std::string("/dev/zero")}) {
    CHECK(checkpoint_error(path) == path + ": is a folder or device, no checkpoint; name a file");
  }
}

}  // namespace
}  // namespace autoglm::nn
