#include "trainer/nn/data/batch_reader.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "allocations.h"
#include "data_fixture.h"
#include "trainer/nn/data/augment.h"

namespace autoglm::nn {
namespace {

using Rows = std::vector<Row>;

DataSpec digits(std::int64_t memory_bytes = std::int64_t{1} << 30) {
  DataSpec spec{.path = DIGITS, .target = "64"};
  spec.header = false;
  spec.image = {.height = 8, .width = 8};
  spec.shift = 2;
  spec.flip = true;
  spec.memory_bytes = memory_bytes;
  return spec;
}

constexpr std::int64_t kBytes = 200LL * 64 * 4;  // of all features

/// A copy of what a batch shows.
struct Seen {
  Rows rows{};
  std::vector<float> x{};
  std::vector<std::int32_t> labels{};
  std::vector<float> targets{};
  friend bool operator==(const Seen&, const Seen&) = default;
};

Seen seen(const Batch& batch) {
  return {.rows = Rows(batch.rows.begin(), batch.rows.end()),
          .x = std::vector<float>(batch.x.begin(), batch.x.end()),
          .labels = std::vector<std::int32_t>(batch.labels.begin(), batch.labels.end()),
          .targets = std::vector<float>(batch.targets.begin(), batch.targets.end())};
}

std::vector<Seen> rest_of_epoch(BatchReader& reader) {
  std::vector<Seen> batches;
  Batch batch;
  while (reader.next(batch)) {
    batches.push_back(seen(batch));
  }
  return batches;
}

std::vector<Seen> epoch_of(BatchReader& reader, std::int64_t epoch) {
  reader.begin_epoch(epoch);
  return rest_of_epoch(reader);
}

/// A reader and what it refers to.
struct Reading {
  Reading(const DataSpec& spec, const BatchOptions& options)
      : data(open_dataset(spec)),
        split(data->split()),
        standard(data->fit(split.training)),
        reader(*data, standard, split.training, options) {}
  std::unique_ptr<Dataset> data;
  Split split;
  Standardization standard;
  BatchReader reader;
};

constexpr BatchOptions kTraining{.batch = 32, .shuffle = true, .augment = true, .seed = 5};

TEST_CASE("an epoch shows every row once, the last batch what is left") {
  Reading reading(digits(), kTraining);
  REQUIRE(reading.split.training.size() == 160);
  BatchOptions options = kTraining;
  options.batch = 48;
  BatchReader reader(*reading.data, reading.standard, reading.split.training, options);
  CHECK(reader.batches() == 4);
  const std::vector<Seen> batches = epoch_of(reader, 0);
  REQUIRE(batches.size() == 4);
  CHECK(batches[0].rows.size() == 48);
  CHECK(batches[3].rows.size() == 16);
  CHECK(batches[3].x.size() == 16 * 64);
  Rows rows;
  for (const Seen& batch : batches) {
    rows.insert(rows.end(), batch.rows.begin(), batch.rows.end());
    for (std::size_t i = 0; i < batch.rows.size(); ++i) {
      CHECK(batch.labels[i] == reading.data->label(batch.rows[i]));
    }
  }
  CHECK(rows != reading.split.training);
  std::sort(rows.begin(), rows.end());
  CHECK(rows == reading.split.training);
}

TEST_CASE("a batch larger than the data is the data") {
  BatchOptions options = kTraining;
  options.batch = std::int64_t{1} << 62;
  Reading reading(digits(), options);
  CHECK(reading.reader.batches() == 1);
  CHECK(epoch_of(reading.reader, 0).at(0).rows.size() == 160);
}

TEST_CASE("without shuffling rows come in the order of the list, as they are") {
  Reading reading(digits(), {.batch = 7});
  const std::vector<Seen> batches = epoch_of(reading.reader, 3);
  CHECK(batches[0].rows ==
        Rows(reading.split.training.begin(), reading.split.training.begin() + 7));
  const auto expected =
      standard_features_of(*reading.data, reading.standard, reading.split.training[1]);
  CHECK(std::vector<float>(batches[0].x.begin() + 64, batches[0].x.begin() + 128) == expected);
  CHECK(epoch_of(reading.reader, 4) == batches);
}

TEST_CASE("epochs differ, and each is the same whenever it is read") {
  Reading reading(digits(), kTraining);
  const std::vector<Seen> first = epoch_of(reading.reader, 0);
  const std::vector<Seen> second = epoch_of(reading.reader, 1);
  CHECK(first != second);
  CHECK(epoch_of(reading.reader, 0) == first);
  Reading again(digits(), kTraining);
  CHECK(epoch_of(again.reader, 1) == second);
  BatchOptions other = kTraining;
  other.seed = 6;
  Reading otherwise(digits(), other);
  CHECK(epoch_of(otherwise.reader, 0) != first);
}

TEST_CASE("a run that is resumed sees the batches that it would have seen") {
  Reading reading(digits(), kTraining);
  const std::vector<Seen> all = epoch_of(reading.reader, 2);
  Reading resumed(digits(), kTraining);
  resumed.reader.begin_epoch(2);
  resumed.reader.skip_to(3);
  CHECK(resumed.reader.position() == 3);
  CHECK(rest_of_epoch(resumed.reader) == std::vector<Seen>(all.begin() + 3, all.end()));
}

TEST_CASE("rows that are read as they are needed are those in memory, bit for bit") {
  Reading cached(digits(), kTraining);
  Reading streamed(digits(0), kTraining);
  CHECK(cached.data->cached_bytes() >= kBytes);
  CHECK(streamed.data->cached_bytes() == 0);
  CHECK(streamed.standard.mean == cached.standard.mean);
  CHECK(streamed.standard.scale == cached.standard.scale);
  for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
    CHECK(epoch_of(streamed.reader, epoch) == epoch_of(cached.reader, epoch));
  }
}

TEST_CASE("no more than the memory that is allowed is used for rows") {
  for (const std::int64_t most : {1, 1000, 51199, 51200, 60000, 1 << 20}) {
    const auto data = open_dataset(digits(most));
    CHECK(data->cached_bytes() <= most);
    CHECK((data->cached_bytes() > 0) == (most >= kBytes));
  }
}

TEST_CASE("files of their own share the memory, the first before the others") {
  const DataFolder folder;
  DataSpec spec{.path = folder.write("t.csv", "x,y\n1,a\n2,b\n3,a\n4,b\n"), .target = "y"};
  spec.validation_path = folder.write("v.csv", "x,y\n5,a\n6,b\n7,a\n");
  spec.memory_bytes = std::int64_t{6} * 4;  // four rows, then three of which two would fit
  const auto data = open_dataset(spec);
  CHECK(data->cached_bytes() >= 16);
  CHECK(data->cached_bytes() <= 24);
  CHECK(features_of(*data, 6) == std::vector<float>{5});  // 7, with the origin 2
}

TEST_CASE("JSON, quotes and line ends of DOS are read again as they were read first") {
  const DataFolder folder;
  const std::pair<std::string, std::string> files[] = {
      {"t.csv", "c,x,y\r\n\"u, \"\"1\"\"\nz\",1,a\r\n\r\nv,2,b\r\n\"w\",,a\r\n\"v\",4,b"},
      {"t.jsonl",
       "{\"c\":\"\\u00e4\",\"x\":1,\"y\":\"a\"}\n{\"y\":\"b\",\"c\":\"v\\\"\"}\r\n"
       "{\"c\":\"w\",\"x\":3,\"y\":\"a\",\"z\":[1]}\n {\"y\":\"b\",\"x\":4}"}};
  for (const auto& [name, bytes] : files) {
    DataSpec spec{.path = folder.write(name, bytes), .target = "y", .validation = 0.25};
    spec.columns = {{"z", DataSpec::ColumnType::ignore}};
    if (name == "t.csv") {
      spec.columns.clear();
    }
    Reading cached(spec, kTraining);
    spec.memory_bytes = 0;
    Reading streamed(spec, kTraining);
    CHECK(streamed.data->cached_bytes() == 0);
    CHECK(cached.data->rows() == 4);
    CHECK(epoch_of(streamed.reader, 0) == epoch_of(cached.reader, 0));
  }
}

TEST_CASE("batches prepared by another thread are the same") {
  for (const std::int64_t memory : {std::int64_t{0}, std::int64_t{1} << 30}) {
    Reading plain(digits(memory), kTraining);
    BatchOptions options = kTraining;
    options.prefetch = true;
    Reading ahead(digits(memory), options);
    for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
      CHECK(epoch_of(ahead.reader, epoch) == epoch_of(plain.reader, epoch));
    }
    const std::vector<Seen> all = epoch_of(plain.reader, 7);
    Batch batch;
    ahead.reader.begin_epoch(7);
    CHECK(ahead.reader.next(batch));
    ahead.reader.skip_to(2);
    CHECK(ahead.reader.next(batch));
    CHECK(seen(batch) == all[2]);
    ahead.reader.begin_epoch(7);
    CHECK(ahead.reader.next(batch));
    CHECK(seen(batch) == all[0]);
  }
}

TEST_CASE("a file that becomes shorter during the run is an error, on whichever thread") {
  const DataFolder folder;
  const std::string path = folder.write("t.csv", "x,y\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n");
  for (const bool prefetch : {false, true}) {
    folder.write("t.csv", "x,y\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n");
    DataSpec spec{.path = path, .target = "y"};
    spec.memory_bytes = 0;
    Reading reading(spec, {.batch = 1, .prefetch = prefetch});
    reading.reader.begin_epoch(0);
    Batch batch;
    CHECK(reading.reader.next(batch));
    folder.write("t.csv", "x,y\n");
    CHECK_THROWS_AS(rest_of_epoch(reading.reader), DataError);
    reading.reader.begin_epoch(1);  // and leaves nothing behind
    CHECK_THROWS_AS(reading.reader.next(batch), DataError);
  }
}

TEST_CASE("what is to be predicted is standardised") {
  const DataFolder folder;
  DataSpec spec{.path = folder.write("t.csv", "x,y\n1,10.5\n2,20.5\n3,30.5\n"), .target = "y"};
  spec.validation_path = spec.path;
  Reading reading(spec, {.batch = 3});
  CHECK(epoch_of(reading.reader, 0)[0].targets ==
        std::vector<float>{-1.2247449F, 0, 1.2247449F});  // 10 / sqrt(200 / 3)
  CHECK(epoch_of(reading.reader, 0)[0].labels.empty());
}

TEST_CASE("an image is moved whole, with the colour of nothing where it came from") {
  const std::vector<float> image = {1, 2, 3, 4, 5, 6};  // 2x3
  const float fill = 9;
  const auto moved = [&](const Movement& movement) {
    std::vector<float> result(6);
    move_image(image.data(), Shape{2, 3, 1}, movement, &fill, result.data());
    return result;
  };
  CHECK(moved({}) == image);
  CHECK(moved({.dx = 1}) == std::vector<float>{9, 1, 2, 9, 4, 5});
  CHECK(moved({.dx = -2}) == std::vector<float>{3, 9, 9, 6, 9, 9});
  CHECK(moved({.dy = 1}) == std::vector<float>{9, 9, 9, 1, 2, 3});
  CHECK(moved({.flip = true}) == std::vector<float>{3, 2, 1, 6, 5, 4});
  CHECK(moved({.dx = 1, .dy = -1, .flip = true}) == std::vector<float>{9, 6, 5, 9, 9, 9});
  CHECK(moved({.dx = 5}) == std::vector<float>(6, 9));
  const std::vector<float> colours = {1, 2, 3, 4};  // 1x2, two channels
  const float fills[] = {8, 9};
  std::vector<float> result(4);
  move_image(colours.data(), Shape{1, 2, 2}, {.dx = 1}, fills, result.data());
  CHECK(result == std::vector<float>{8, 9, 1, 2});
}

TEST_CASE("movements are even over their range, and flips over the two sides") {
  constexpr int kDraws = 50000;
  std::array<int, 5> right{};
  std::array<int, 5> down{};
  int flips = 0;
  for (Row row = 0; row < kDraws; ++row) {
    const Movement movement = draw_movement(3, 1, row, 2, true);
    ++right.at(static_cast<std::size_t>(movement.dx + 2));
    ++down.at(static_cast<std::size_t>(movement.dy + 2));
    flips += movement.flip ? 1 : 0;
  }
  // Within five deviations, sqrt(50000 0.2 0.8) = 89 and sqrt(50000 / 4) = 112.
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(std::abs(right[i] - 10000) < 450);
    CHECK(std::abs(down[i] - 10000) < 450);
  }
  CHECK(std::abs(flips - 25000) < 560);
  CHECK_FALSE(draw_movement(3, 1, 0, 0, false).flip);
  CHECK(draw_movement(3, 1, 0, 0, false).dx == 0);
}

TEST_CASE("how an image is moved depends neither on the batch nor on the order") {
  BatchOptions options = kTraining;
  options.batch = 160;
  options.shuffle = false;
  Reading ordered(digits(), options);
  Reading shuffled(digits(), kTraining);
  const Seen all = epoch_of(ordered.reader, 1).at(0);
  for (const Seen& batch : epoch_of(shuffled.reader, 1)) {
    for (std::size_t i = 0; i < batch.rows.size(); ++i) {
      const auto place = static_cast<std::size_t>(
          std::find(all.rows.begin(), all.rows.end(), batch.rows[i]) - all.rows.begin());
      REQUIRE(place < all.rows.size());
      CHECK(std::equal(batch.x.begin() + static_cast<std::ptrdiff_t>(i * 64),
                       batch.x.begin() + static_cast<std::ptrdiff_t>(i * 64 + 64),
                       all.x.begin() + static_cast<std::ptrdiff_t>(place * 64)));
    }
  }
}

TEST_CASE("once it has seen every row a reader allocates nothing") {
  const DataFolder folder;
  std::string lines;
  for (int i = 0; i < 40; ++i) {
    lines += "{\"x\": " + std::to_string(i) + R"(, "c": "a \u00e4 )" + std::to_string(i % 3) +
             R"( of more letters than fit into a string", "y": )" + std::to_string(i % 2) + "}\n";
  }
  const DataSpec table{.path = folder.write("t.jsonl", lines), .target = "y", .memory_bytes = 0};
  for (const DataSpec& spec : {digits(0), digits(), table}) {
    for (const bool prefetch : {false, true}) {
      BatchOptions options = kTraining;
      options.batch = 8;
      options.prefetch = prefetch;
      Reading reading(spec, options);
      epoch_of(reading.reader, 0);
      const std::int64_t before = allocations();
      CHECK(before > 0);
      reading.reader.begin_epoch(1);
      Batch batch;
      std::int64_t rows = 0;
      while (reading.reader.next(batch)) {
        rows += batch.count;
      }
      CHECK(allocations() == before);
      CHECK(rows == std::ssize(reading.split.training));
    }
  }
}

}  // namespace
}  // namespace autoglm::nn
