#include <fmt/format.h>

#include <filesystem>

#include "trainer/train/parse_train_spec.h"
#include "trainer/train/section_reader.h"

namespace autoglm {
namespace {

using nn::DataSpec;

constexpr WordTable<DataSpec::Format, 5> kFormats{{{"csv", DataSpec::Format::csv},
                                                   {"tsv", DataSpec::Format::tsv},
                                                   {"jsonl", DataSpec::Format::jsonl},
                                                   {"idx", DataSpec::Format::idx},
                                                   {"raw", DataSpec::Format::raw}}};
constexpr WordTable<nn::Task, 2> kTasks{
    {{"classification", nn::Task::classification}, {"regression", nn::Task::regression}}};
constexpr WordTable<DataSpec::ColumnType, 3> kColumnTypes{
    {{"number", DataSpec::ColumnType::number},
     {"category", DataSpec::ColumnType::category},
     {"ignore", DataSpec::ColumnType::ignore}}};
constexpr WordTable<DataSpec::MissingNumber, 4> kMissingNumbers{
    {{"mean", DataSpec::MissingNumber::mean},
     {"zero", DataSpec::MissingNumber::zero},
     {"skip_row", DataSpec::MissingNumber::skip_row},
     {"error", DataSpec::MissingNumber::error}}};
constexpr WordTable<DataSpec::MissingCategory, 3> kMissingCategories{
    {{"own", DataSpec::MissingCategory::own},
     {"skip_row", DataSpec::MissingCategory::skip_row},
     {"error", DataSpec::MissingCategory::error}}};
constexpr WordTable<bool, 2> kBadRows{{{"error", false}, {"skip", true}}};
constexpr WordTable<DataSpec::RawType, 2> kRawTypes{
    {{"u8", DataSpec::RawType::u8}, {"f32", DataSpec::RawType::f32}}};

constexpr std::int64_t kMostPixels = std::int64_t{1} << 20;
constexpr std::int64_t kMostFolds = 10'000;
constexpr std::int64_t kMostColumns = std::int64_t{1} << 31;
constexpr NumberBounds kPart{.at_least = 0, .at_most = 1, .above = true, .below = true};

std::string path_of(const SpecNode& node, const std::string& directory) {
  if (node.as_string().empty()) {
    node.fail("must name a file");
  }
  return (std::filesystem::path(directory) / node.string).lexically_normal().string();
}

void read_path(SectionReader& reader, std::string_view key, const std::string& directory,
               std::string& target) {
  if (const SpecNode* node = reader.find(key, text_schema())) {
    target = path_of(*node, directory);
  }
}

/// A name, or without a header the number of a column.
void read_target(SectionReader& reader, DataSpec& spec) {
  if (const SpecNode* node = reader.find(
          "target", either_schema(integer_schema(0, kMostColumns), any_text_schema()))) {
    spec.target = node->is(SpecNode::Kind::integer)
                      ? std::to_string(node->as_integer(0, kMostColumns))
                      : node->as_string();
  }
}

void read_separator(SectionReader& reader, DataSpec& spec) {
  if (const SpecNode* node = reader.find("separator", text_schema(1))) {
    if (node->as_string().size() != 1) {
      node->fail("must be one ASCII character: \";\"");
    }
    spec.separator = node->string[0];
  }
}

void read_columns(SectionReader& reader, DataSpec& spec) {
  if (const SpecNode* columns = reader.find("columns", members_schema(word_schema(kColumnTypes)))) {
    for (const SpecMember& column : columns->as_object()) {
      spec.columns.emplace_back(column.key, SectionReader::word_of(*column.value, kColumnTypes));
    }
  }
}

void read_image(SectionReader& reader, DataSpec& spec) {
  const SpecNode* const node =
      reader.find("image", list_schema(integer_schema(1, kMostPixels), 2, 3));
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
  const SpecNode* const validation = reader.find("validation", number_schema(kPart));
  if (validation != nullptr) {
    spec.validation = bounded_number(*validation, kPart);
  }
  read_path(reader, "validation_path", directory, spec.validation_path);
  read_path(reader, "validation_labels", directory, spec.validation_labels);
  if (validation != nullptr && !spec.validation_path.empty()) {
    validation->fail("\"validation_path\" is there too; keep one of them");
  }
  const SpecNode* const test = reader.find("test", number_schema(kShare));
  if (test != nullptr) {
    spec.test = bounded_number(*test, kShare);
  }
  read_path(reader, "test_path", directory, spec.test_path);
  read_path(reader, "test_labels", directory, spec.test_labels);
  if (const SpecNode* folds = reader.find("folds", integer_schema(1, kMostFolds))) {
    spec.folds = folds->as_integer(1, kMostFolds);
    if (spec.folds > 1 && (validation != nullptr || !spec.validation_path.empty())) {
      folds->fail("validates on each fold in turn, so \"validation\" has no place; take one away");
    }
  }
  const bool shared = spec.folds == 1 && spec.validation_path.empty();
  if (test != nullptr && shared && spec.test + spec.validation >= 1) {
    test->fail(fmt::format(
        "{} and a validation share of {} leave nothing to train on; together they must be below 1",
        spec.test, spec.validation));
  }
  reader.flag("stratify", spec.stratify);
  reader.seed("split_seed", spec.split_seed);
}

void read_data(SectionReader& reader, const std::string& directory, DataSpec& spec) {
  if (const SpecNode* path = reader.require("path", text_schema())) {
    spec.path = path_of(*path, directory);
  }
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
}

}  // namespace

nn::DataSpec parse_data_spec(const SpecNode& data, const std::string& directory) {
  DataSpec spec;
  SectionReader reader(data, "the data");
  read_data(reader, directory, spec);
  reader.finish();
  return spec;
}

std::vector<SectionKey> data_keys() {
  SectionReader reader = SectionReader::describing();
  DataSpec spec;
  read_data(reader, "", spec);
  return std::move(reader.keys());
}

}  // namespace autoglm
