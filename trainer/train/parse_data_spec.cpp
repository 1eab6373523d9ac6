#include <fmt/format.h>

#include <filesystem>

#include "trainer/train/parse_train_spec.h"
#include "trainer/train/section_reader.h"

namespace autoglm {
namespace {

using nn::DataSpec;
template <typename Enum, std::size_t n>
using Words = std::array<std::pair<std::string_view, Enum>, n>;

constexpr Words<DataSpec::Format, 5> kFormats{{{"csv", DataSpec::Format::csv},
                                               {"tsv", DataSpec::Format::tsv},
                                               {"jsonl", DataSpec::Format::jsonl},
                                               {"idx", DataSpec::Format::idx},
                                               {"raw", DataSpec::Format::raw}}};
constexpr Words<nn::Task, 2> kTasks{
    {{"classification", nn::Task::classification}, {"regression", nn::Task::regression}}};
constexpr Words<DataSpec::ColumnType, 3> kColumnTypes{{{"number", DataSpec::ColumnType::number},
                                                       {"category", DataSpec::ColumnType::category},
                                                       {"ignore", DataSpec::ColumnType::ignore}}};
constexpr Words<DataSpec::MissingNumber, 4> kMissingNumbers{
    {{"mean", DataSpec::MissingNumber::mean},
     {"zero", DataSpec::MissingNumber::zero},
     {"skip_row", DataSpec::MissingNumber::skip_row},
     {"error", DataSpec::MissingNumber::error}}};
constexpr Words<DataSpec::MissingCategory, 3> kMissingCategories{
    {{"own", DataSpec::MissingCategory::own},
     {"skip_row", DataSpec::MissingCategory::skip_row},
     {"error", DataSpec::MissingCategory::error}}};
constexpr Words<bool, 2> kBadRows{{{"error", false}, {"skip", true}}};
constexpr Words<DataSpec::RawType, 2> kRawTypes{
    {{"u8", DataSpec::RawType::u8}, {"f32", DataSpec::RawType::f32}}};

constexpr std::int64_t kMostPixels = std::int64_t{1} << 20;
constexpr std::int64_t kMostFolds = 10'000;
constexpr std::int64_t kGreatestSeed = std::int64_t{1} << 53;

void read_path(SectionReader& reader, std::string_view key, const std::string& directory,
               std::string& target) {
  if (const SpecNode* node = reader.find(key)) {
    if (node->as_string().empty()) {
      node->fail("must name a file");
    }
    target = (std::filesystem::path(directory) / node->string).lexically_normal().string();
  }
}

/// A name, or without a header the number of a column.
void read_target(SectionReader& reader, DataSpec& spec) {
  if (const SpecNode* node = reader.find("target")) {
    spec.target = node->is(SpecNode::Kind::integer)
                      ? std::to_string(node->as_integer(0, std::int64_t{1} << 31))
                      : node->as_string();
  }
}

void read_separator(SectionReader& reader, DataSpec& spec) {
  if (const SpecNode* node = reader.find("separator")) {
    if (node->as_string().size() != 1) {
      node->fail("must be one ASCII character: \";\"");
    }
    spec.separator = node->string[0];
  }
}

void read_columns(SectionReader& reader, DataSpec& spec) {
  if (const SpecNode* columns = reader.find("columns")) {
    for (const SpecMember& column : columns->as_object()) {
      spec.columns.emplace_back(column.key, SectionReader::word_of(*column.value, kColumnTypes));
    }
  }
}

void read_image(SectionReader& reader, DataSpec& spec) {
  const SpecNode* const node = reader.find("image");
  if (node == nullptr) {
    return;
  }
  const auto& sizes = node->as_array();
  if (sizes.size() != 2 && sizes.size() != 3) {
    node->fail("must be height and width, or height, width and channels: [28, 28] or [32, 32, 3]");
  }
  DataSpec::Image image{.height = sizes[0]->as_integer(1, kMostPixels),
                        .width = sizes[1]->as_integer(1, kMostPixels)};
  if (sizes.size() == 3) {
    image.channels = sizes[2]->as_integer(1, kMostPixels);
  }
  spec.image = image;
}

/// Files of their own, or shares of the rows.
void read_parts(SectionReader& reader, const std::string& directory, DataSpec& spec) {
  const SpecNode* const validation = reader.find("validation");
  if (validation != nullptr) {
    spec.validation =
        bounded_number(*validation, {.at_least = 0, .at_most = 1, .above = true, .below = true});
  }
  read_path(reader, "validation_path", directory, spec.validation_path);
  read_path(reader, "validation_labels", directory, spec.validation_labels);
  if (validation != nullptr && !spec.validation_path.empty()) {
    validation->fail("\"validation_path\" is there too; keep one of them");
  }
  reader.number("test", kShare, spec.test);
  if (spec.test + spec.validation >= 1) {
    reader.find("test")->fail(fmt::format(
        "{} and a validation share of {} leave nothing to train on; together they must be below 1",
        spec.test, spec.validation));
  }
  read_path(reader, "test_path", directory, spec.test_path);
  read_path(reader, "test_labels", directory, spec.test_labels);
  if (const SpecNode* folds = reader.find("folds")) {
    spec.folds = folds->as_integer(1, kMostFolds);
    if (spec.folds > 1 && (validation != nullptr || !spec.validation_path.empty())) {
      folds->fail("validates on each fold in turn, so \"validation\" has no place; take one away");
    }
  }
  reader.flag("stratify", spec.stratify);
  if (const SpecNode* seed = reader.find("split_seed")) {
    spec.split_seed = static_cast<std::uint64_t>(seed->as_integer(0, kGreatestSeed));
  }
}

}  // namespace

nn::DataSpec parse_data_spec(const SpecNode& data, const std::string& directory) {
  DataSpec spec;
  SectionReader reader(data, "the data");
  reader.object().require("path");
  read_path(reader, "path", directory, spec.path);
  reader.word("format", kFormats, spec.format);
  read_path(reader, "labels", directory, spec.labels);
  read_target(reader, spec);
  reader.word("task", kTasks, spec.task);
  reader.flag("header", spec.header);
  read_separator(reader, spec);
  read_columns(reader, spec);
  reader.word("missing_number", kMissingNumbers, spec.missing_number);
  reader.word("missing_category", kMissingCategories, spec.missing_category);
  reader.word("bad_rows", kBadRows, spec.skip_bad_rows);
  read_image(reader, spec);
  reader.word("raw_type", kRawTypes, spec.raw_type);
  read_parts(reader, directory, spec);
  reader.flag("standardize", spec.standardize);
  reader.integer("shift", 0, kMostPixels, spec.shift);
  reader.flag("flip", spec.flip);
  reader.bytes("memory", spec.memory_bytes);
  reader.finish();
  return spec;
}

}  // namespace autoglm
