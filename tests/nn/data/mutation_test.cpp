// Files that went wrong in thousands of ways: each is either read or a DataError of one line.
#include <doctest/doctest.h>

#include "data_fixture.h"
#include "search_space/random.h"
#include "search_space/utf8.h"
#include "trainer/nn/data/batch_reader.h"

namespace autoglm::nn {
namespace {

/// Some bytes changed, removed, doubled or put in; often those that mean something in a format.
std::string mutated(std::string bytes, Rng& rng) {
  constexpr std::string_view kTelling(",\"\n\r\t{}[]:\\u?-+.e09nNia\0\xff\xc3\x80", 27);
  const std::uint64_t changes = 1 + rng.below(4);
  for (std::uint64_t change = 0; change < changes && !bytes.empty(); ++change) {
    const std::size_t at = rng.below(bytes.size());
    const char telling = kTelling[rng.below(kTelling.size())];
    switch (rng.below(6)) {
      case 0:
        bytes[at] = telling;
        break;
      case 1:
        bytes.insert(at, 1, telling);
        break;
      case 2:
        bytes.erase(at, 1 + rng.below(8));
        break;
      case 3:
        bytes.insert(at, bytes.substr(rng.below(bytes.size()), 1 + rng.below(20)));
        break;
      case 4:
        bytes[at] = static_cast<char>(rng.below(256));
        break;
      default:
        bytes.resize(at);
    }
  }
  return bytes;
}

/// Opens and reads all of it; true unless it is an error.
bool reads(const DataSpec& spec) {
  try {
    const auto data = open_dataset(spec);
    const Split split = data->split();
    const Standardization standard = data->fit(split.training);
    BatchReader reader(*data, standard, split.validation, {.batch = 3, .augment = true});
    reader.begin_epoch(0);
    Batch batch;
    while (reader.next(batch)) {
      for (const float x : batch.x) {
        CHECK(std::abs(x) <= 1e38F);  // finite
      }
    }
    data->describe();
    return true;
  } catch (const DataError& error) {
    const std::string text = error.what();
    CHECK(text.find('\n') == std::string::npos);
    CHECK(escape_controls(text) == text);
    CHECK(text.size() < 600);
    return false;
  }
}

/// How many of so many mutated files are read; all are with the bad rows left out, some else.
void mutate(DataSpec spec, const std::string& name, const std::string& bytes, std::uint64_t seed) {
  constexpr int kFiles = 800;
  const DataFolder folder;
  Rng rng(20240607, seed);
  int good = 0;
  int mended = 0;
  for (int file = 0; file < kFiles; ++file) {
    spec.path = folder.write(name, mutated(bytes, rng));
    spec.memory_bytes = file % 2 == 0 ? 0 : 1 << 20;
    spec.skip_bad_rows = false;
    const bool is_good = reads(spec);
    good += is_good ? 1 : 0;
    spec.skip_bad_rows = true;
    const bool is_mended = reads(spec);
    mended += is_mended ? 1 : 0;
    CHECK((is_mended || !is_good));
  }
  CHECK(good > 0);
  CHECK(good < mended + 1);
  CHECK(mended < kFiles);
}

TEST_CASE("mutated CSV is read or refused") {
  std::string bytes = "x,\"c, d\",flag,y\r\n";
  for (int i = 0; i < 12; ++i) {
    bytes += std::to_string(i * 3) + ".5,\"u\"\"" + std::to_string(i % 3) + "\n\"," +
             (i % 2 == 0 ? "true" : "") + "," + (i % 3 == 0 ? "ä" : "b") + "\r\n";
  }
  mutate({.target = "y"}, "t.csv", bytes, 1);
}

TEST_CASE("mutated JSON is read or refused") {
  std::string bytes;
  for (int i = 0; i < 12; ++i) {
    bytes += "{\"x\": " + std::to_string(i) + R"(e-1, "c": "\u00e4\n)" + std::to_string(i % 3) +
             R"(", "o": {"a": [1, "}"]}, "y": )" + (i % 2 == 0 ? "true" : "false") + "}\n";
  }
  DataSpec spec{.target = "y"};
  spec.columns = {{"o", DataSpec::ColumnType::ignore}};
  mutate(spec, "t.jsonl", bytes, 2);
}

TEST_CASE("mutated IDX is read or refused") {
  const DataFolder folder;
  std::string images = {0, 0, 13, 3, 0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0, 2};
  for (int i = 0; i < 40; ++i) {
    images += {0x3f, static_cast<char>(i), 1, 2};
  }
  std::string labels = {0, 0, 8, 1, 0, 0, 0, 10, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  DataSpec spec{};
  spec.shift = 1;
  spec.labels = folder.write("labels.idx", labels);
  mutate(spec, "t.idx", images, 3);

  Rng rng(20240607, 4);
  spec.path = folder.write("images.idx", images);
  for (int file = 0; file < 600; ++file) {
    spec.labels = folder.write("labels.idx", mutated(labels, rng));
    reads(spec);
  }
}

TEST_CASE("random bytes are read or refused") {
  const DataFolder folder;
  Rng rng(20240607, 5);
  for (int file = 0; file < 600; ++file) {
    std::string bytes(rng.below(200), '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(rng.below(256));
    }
    for (const std::string name : {"t.csv", "t.tsv", "t.jsonl", "t.idx"}) {
      DataSpec spec{.path = folder.write(name, bytes), .target = "0", .header = false};
      spec.labels = spec.path;
      spec.skip_bad_rows = file % 2 == 0;
      reads(spec);
    }
  }
}

}  // namespace
}  // namespace autoglm::nn
