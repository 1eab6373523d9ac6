#include <doctest/doctest.h>

#include <bit>

#include "data_fixture.h"

namespace autoglm::nn {
namespace {

using Names = std::vector<std::string>;
using Features = std::vector<float>;

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> static_cast<unsigned>(shift));
  }
  return bytes;
}

std::string little_endian(std::uint32_t number) {
  const std::string bytes = big_endian(number);
  return {bytes.rbegin(), bytes.rend()};
}

std::string idx(char type, const std::vector<std::uint32_t>& sizes, const std::string& data) {
  std::string bytes = {0, 0, type, static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) {
    bytes += big_endian(size);
  }
  return bytes + data;
}

/// Four images of 2x3 bytes, 0 to 23.
std::string images() {
  std::string data;
  for (char i = 0; i < 24; ++i) {
    data += i;
  }
  return idx(8, {4, 2, 3}, data);
}

DataSpec spec_of(const std::string& path, const std::string& labels) {
  DataSpec spec{.path = path};
  spec.labels = labels;
  spec.validation = 0.5;
  spec.standardize = false;
  return spec;
}

TEST_CASE("bytes of IDX are pixels from 0 to 1, with labels from another file") {
  const DataFolder folder;
  const auto data =
      open_dataset(spec_of(folder.write("images-idx3-ubyte", images()),
                           folder.write("labels-idx1-ubyte", idx(8, {4}, {7, 3, 7, 3}))));
  CHECK(data->task() == Task::classification);
  CHECK(data->classes() == Names{"3", "7"});
  CHECK(data->sample() == Shape{2, 3, 1});
  CHECK(data->rows() == 4);
  CHECK(data->label(0) == 1);
  CHECK(data->label(1) == 0);
  CHECK(features_of(*data, 1) ==
        Features{6 / 255.0F, 7 / 255.0F, 8 / 255.0F, 9 / 255.0F, 10 / 255.0F, 11 / 255.0F});
  CHECK(data->cached_bytes() == 24);
}

TEST_CASE("IDX may hold other numbers, the most significant byte first") {
  const DataFolder folder;
  const std::string labels = folder.write("l.idx", idx(8, {2}, {0, 1}));
  const auto numbers = [&](char type, const std::string& data) {
    return features_of(
        *open_dataset(spec_of(folder.write("i.idx", idx(type, {2, 1}, data)), labels)), 1)[0];
  };
  CHECK(numbers(9, {1, static_cast<char>(0xfe)}) == -2);                                     // i8
  CHECK(numbers(11, {0, 0, 1, 2}) == 258);                                                   // i16
  CHECK(numbers(12, big_endian(0) + big_endian(0xffffff00)) == -256);                        // i32
  CHECK(numbers(13, big_endian(0) + big_endian(0x3fc00000)) == 1.5F);                        // f32
  CHECK(numbers(14, std::string(8, 0) + big_endian(0xbfd00000) + big_endian(0)) == -0.25F);  // f64
}

TEST_CASE("four sizes are images of several channels, two are rows of features") {
  const DataFolder folder;
  const std::string labels = folder.write("l.idx", idx(8, {2}, {0, 1}));
  DataSpec spec = spec_of(folder.write("i.idx", idx(8, {2, 1, 2, 3}, std::string(12, 1))), labels);
  CHECK(open_dataset(spec)->sample() == Shape{1, 2, 3});
  spec.path = folder.write("i.idx", idx(8, {2, 6}, std::string(12, 1)));
  CHECK(open_dataset(spec)->sample() == Shape{6});
  spec.image = {.height = 2, .width = 3};
  CHECK(open_dataset(spec)->sample() == Shape{2, 3, 1});
  spec.image = {.height = 2, .width = 2};
  CHECK(folder.mistake_in(spec) ==
        "i.idx: has rows of 6, where image says 2x2x1; correct image, or leave it out");
}

TEST_CASE("labels that are fractions are to be predicted as they are") {
  const DataFolder folder;
  const auto data = open_dataset(spec_of(
      folder.write("i.idx", idx(8, {2, 1}, {1, 2})),
      folder.write("l.idx", idx(13, {2}, big_endian(0x3f000000) + big_endian(0x3fc00000)))));
  CHECK(data->task() == Task::regression);
  CHECK(data->target(1) == 1.5);
}

TEST_CASE(
    "bare arrays are told their shape, and labels are bytes or 32-bit numbers, by their size") {
  const DataFolder folder;
  DataSpec spec = spec_of(folder.write("x.bin", std::string("\x00\x33\xff\x66", 4)),
                          folder.write("y.bin", std::string("\x05\x04", 2)));
  spec.image = {.height = 1, .width = 2};
  const auto bytes = open_dataset(spec);
  CHECK(bytes->sample() == Shape{1, 2, 1});
  CHECK(bytes->classes() == Names{"4", "5"});
  CHECK(features_of(*bytes, 0) == Features{0, 0.2F});

  spec.raw_type = DataSpec::RawType::f32;
  spec.path = folder.write("x.bin", little_endian(0x3fc00000) + little_endian(0xc0000000) +
                                        little_endian(0) + little_endian(0x3f800000));
  spec.labels = folder.write("y.bin", little_endian(1000) + little_endian(0xffffffff));
  const auto numbers = open_dataset(spec);
  CHECK(numbers->classes() == Names{"-1", "1000"});
  CHECK(features_of(*numbers, 0) == Features{1.5F, -2});

  spec.task = Task::regression;
  spec.labels = folder.write("y.bin", little_endian(0x3f000000) + little_endian(0x3fc00000));
  CHECK(open_dataset(spec)->target(0) == 0.5);
}

// Regression: they were read as integers, 2,000 classes of numbers around 10^9.
TEST_CASE("bare f32 labels are numbers, and classes only where they are whole and it is asked") {
  const DataFolder folder;
  DataSpec spec = spec_of(folder.write("x.bin", std::string(4, 1)),
                          folder.write("y.bin", little_endian(0x3f000000) + little_endian(0) +
                                                    little_endian(0xbfc00000) +
                                                    little_endian(0x40400000)));  // 0.5 0 -1.5 3
  spec.image = {.height = 1, .width = 1};
  const auto data = open_dataset(spec);
  CHECK(data->task() == Task::regression);
  CHECK(data->target(2) == -1.5);
  spec.task = Task::classification;
  CHECK(folder.mistake_in(spec) ==
        "y.bin: row 0 (from 0): the label is 0.5, and classes are whole numbers; set task to "
        "regression");
  spec.labels = folder.write("y.bin", little_endian(0x3f800000) + little_endian(0) +
                                          little_endian(0x3f800000) + little_endian(0x41200000));
  CHECK(open_dataset(spec)->classes() == Names{"0", "1", "10"});
}

TEST_CASE("images with a number that is none are an error with their row, or left out") {
  const DataFolder folder;
  std::string numbers;
  for (const std::uint32_t bits : {0x3f800000U, 0x7f800000U, 0x7fc00000U, 0x40000000U}) {
    numbers += big_endian(bits);  // 1, infinity, NaN, 2
  }
  DataSpec spec = spec_of(folder.write("i.idx", idx(13, {4, 1}, numbers)),
                          folder.write("l.idx", idx(8, {4}, {1, 2, 2, 3})));
  CHECK(folder.mistake_in(spec) ==
        "i.idx: row 1 (from 0): element 0 (from 0) is not a finite number up to 1e38; correct it");
  spec.skip_bad_rows = true;
  for (const std::int64_t memory : {std::int64_t{0}, std::int64_t{1000}}) {
    spec.memory_bytes = memory;
    const auto data = open_dataset(spec);
    CHECK(data->rows() == 2);
    CHECK(data->describe()[1].starts_with("2 bad rows left out, the first: "));
    CHECK(data->classes() == Names{"1", "3"});
    CHECK(features_of(*data, 1) == Features{2});
  }
}

TEST_CASE("files for validation and test have labels of their own") {
  const DataFolder folder;
  DataSpec spec = spec_of(folder.write("images-idx3-ubyte", images()),
                          folder.write("labels.idx", idx(8, {4}, {7, 3, 7, 3})));
  spec.validation_path = folder.write("v.idx", idx(8, {1, 2, 3}, std::string(6, 9)));
  CHECK(folder.mistake_in(spec) ==
        "v.idx: where are its labels? set validation_labels, test_labels");
  spec.validation_labels = folder.write("vl.idx", idx(8, {1}, {7}));
  const auto data = open_dataset(spec);
  CHECK(data->describe().front().ends_with(
      "images-idx3-ubyte and 1 other file: 5 rows of 2x3x1 features, in memory"));
  CHECK(data->split().training.size() == 4);
  CHECK(data->split().validation == std::vector<Row>{4});
  CHECK(data->label(4) == 1);
  spec.validation_labels = folder.write("vl.idx", idx(8, {1}, {8}));
  CHECK(folder.mistake_in(spec) ==
        "v.idx: row 0 (from 0): the label is no class of the first file; correct it");
  spec.validation_path = folder.write("v.idx", idx(8, {1, 3, 2}, std::string(6, 9)));
  CHECK(folder.mistake_in(spec) == "v.idx: has rows of 3x2x1, the first file of 2x3x1");
}

TEST_CASE("binary files that are not what they should be say so") {
  const DataFolder folder;
  const std::string labels = folder.write("l.idx", idx(8, {4}, {7, 3, 7, 3}));
  const auto mistake = [&](const std::string& bytes) {
    return folder.mistake_in(spec_of(folder.write("i.idx", bytes), labels));
  };
  CHECK(mistake("") ==
        "i.idx: is no IDX file: it begins with nothing (hexadecimal), not with 00 00, a type from "
        "08 to 0e and 1 to 4 sizes");
  CHECK(mistake("\x1f\x8b\x08\x01") ==
        "i.idx: is no IDX file: it begins with 1f 8b 08 01 (hexadecimal), not with 00 00, a type "
        "from 08 to 0e and 1 to 4 sizes; it is compressed, unpack it with gunzip first");
  CHECK(mistake(images().substr(0, 10)) == "i.idx: ends within its header; copy it again");
  CHECK(mistake(images().substr(0, 30)) ==
        "i.idx: has 30 bytes, where its header promises 40; copy it again");
  CHECK(mistake(images() + "x") ==
        "i.idx: has 41 bytes, where its header promises 40; copy it again");
  CHECK(mistake(idx(8, {0, 2, 3}, "")) ==
        "i.idx: one of its sizes is 0; there must be at least one row of at least one element");
  CHECK(mistake(idx(8, {1, 0xffffffff, 0xffffffff, 0xffffffff}, "")) ==
        "i.idx: a row has more than 16777216 elements");
  CHECK(mistake(idx(14, {0xffffffff, 0x1000000}, "")) ==
        "i.idx: has 12 bytes, where its header promises 576460752169205772; copy it again");
  CHECK(mistake(idx(8, {3, 2}, "abcdef")) ==
        "i.idx: holds 3 images, but l.idx 4 labels; are these files of one set?");
  CHECK(folder.mistake_in(spec_of(folder.write("i.idx", images()), folder.path("i.idx"))) ==
        "i.idx: has 3 sizes, where labels have one; are labels and images mixed up?");
  CHECK(folder.mistake_in(spec_of(folder.write("i.idx", images()), "")) ==
        "i.idx: where are its labels? set labels to the path of their file");

  DataSpec bare = spec_of(folder.write("x.bin", "abcdefg"), folder.write("y.bin", "ab"));
  CHECK(folder.mistake_in(bare) ==
        "x.bin: a file of bare numbers has no shape; set image to height, width, channels");
  bare.image = {.height = 1, .width = 3};
  CHECK(folder.mistake_in(bare) ==
        "x.bin: has 7 bytes, no multiple of the 3 of one row; correct the shape or the type");
  bare.image = {.height = 65536, .width = 65536, .channels = 65536};
  CHECK(folder.mistake_in(bare) == "x.bin: a row has more than 16777216 elements");
  bare.image = {.height = -1, .width = 3};
  CHECK(folder.mistake_in(bare) ==
        "x.bin: an image cannot be -1 pixels or channels; set image to numbers from 1 to 65536");
}

}  // namespace
}  // namespace autoglm::nn
