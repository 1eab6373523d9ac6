#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "trainer/nn/data/array_source.h"
#include "trainer/nn/data/data_error.h"
#include "trainer/nn/data/data_format.h"
#include "trainer/nn/data/dataset.h"
#include "trainer/nn/data/table_source.h"

namespace autoglm::nn {
namespace {

using Format = DataSpec::Format;

bool is_image(const Shape& sample) { return sample.rank == 3; }

std::optional<Shape> image_of(const DataSpec& spec) {
  if (!spec.image) {
    return std::nullopt;
  }
  return Shape{spec.image->height, spec.image->width, spec.image->channels};
}

std::string text_of(const Shape& shape) {
  std::string text;
  for (std::int32_t i = 0; i < shape.rank; ++i) {
    text += (i > 0 ? "x" : "") + std::to_string(shape[i]);
  }
  return text;
}

/// Of labels of four bytes. Read as integers, f32 of usual sizes are ones around 10^9, of either
/// sign, as no one numbers classes.
ArrayFile::Element four_byte_labels(const std::string& path) {
  constexpr std::int64_t kLooked = 1 << 16;
  const ArrayFile numbers = ArrayFile::open_bare(path, ArrayFile::Element::f32, {});
  const std::int64_t rows = std::min(numbers.rows(), kLooked);
  std::vector<char> bytes(static_cast<std::size_t>(rows) * numbers.bytes_of_row());
  numbers.read_rows(0, rows, bytes.data());
  std::vector<double> read(static_cast<std::size_t>(rows));
  numbers.decode(bytes.data(), rows, read.data());
  const auto other = std::count_if(read.begin(), read.end(), [](double x) { return x != 0; });
  const auto usual = std::count_if(
      read.begin(), read.end(), [](double x) { return std::abs(x) >= 1e-6 && std::abs(x) <= 1e9; });
  const bool most = other > 0 && 10 * usual >= 9 * other;
  return most ? ArrayFile::Element::f32 : ArrayFile::Element::i32;
}

/// The files of a set and their labels; empty paths: there is none.
struct Files {
  std::string path{};
  std::string labels{};
};

std::vector<Files> files_of(const DataSpec& spec) {
  return {{spec.path, spec.labels},
          {spec.validation_path, spec.validation_labels},
          {spec.test_path, spec.test_labels}};
}

}  // namespace

/// Opens the files of a spec one after the other and puts the set together.
class DatasetBuilder {
 public:
  explicit DatasetBuilder(const DataSpec& spec) : data_(new Dataset()), format_(format_of(spec)) {
    check_data_spec(spec, format_);
    data_->spec_ = spec;
  }

  std::unique_ptr<Dataset> build() {
    const std::vector<Files> files = files_of(data_->spec_);
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!files[i].path.empty()) {
        RowFacts facts;
        std::unique_ptr<RowSource> source =
            is_table(format_) ? open_table(files[i], facts) : open_array(files[i], facts);
        check_rows(files[i], facts);
        add(i, std::move(source), std::move(facts));
      }
    }
    data_->classes_ = classes().names();
    finish_shape();
    data_->split(data_->spec_.folds - 1);  // the smallest: a part without rows is told now
    return std::move(data_);
  }

 private:
  bool is_first() const { return data_->sources_.empty(); }
  std::int64_t memory_left() const { return data_->spec_.memory_bytes - data_->cached_bytes(); }
  const ClassList& classes() const { return schema_ ? schema_->classes() : array_classes_; }

  TableLayout layout() const {
    if (format_ == Format::jsonl) {
      return {};
    }
    const char usual = format_ == Format::tsv ? '\t' : ',';
    const char chosen = data_->spec_.separator;
    return {.separator = chosen == 0 ? usual : chosen, .header = data_->spec_.header};
  }

  std::unique_ptr<RowSource> open_table(const Files& files, RowFacts& facts) {
    const DataSpec& spec = data_->spec_;
    auto file = std::make_unique<const TableFile>(files.path, layout());
    if (is_first()) {
      schema_ = std::make_shared<TableSchema>(spec, files.path, survey_table(*file, spec));
      data_->schema_ = schema_;
      data_->task_ = schema_->is_classification() ? Task::classification : Task::regression;
      data_->sample_ = Shape{schema_->features()};
      check_image_columns();
    }
    auto source = std::make_unique<TableSource>(
        std::move(file), schema_,
        TableOptions{.skip_bad_rows = spec.skip_bad_rows, .memory_bytes = memory_left()}, facts);
    if (is_first() && data_->task_ == Task::classification) {
      renumber(facts, schema_->drop_empty_classes(count_classes(facts)));
    }
    return source;
  }

  void check_image_columns() const {
    if (!data_->spec_.image) {
      return;
    }
    for (const Column& column : schema_->columns()) {
      if (column.feature >= 0 && column.type != DataSpec::ColumnType::number) {
        fail_with(data_->spec_.path, "column " + quoted(column.name) +
                                         ": the columns are an image, and this one holds texts; "
                                         "ignore it");
      }
    }
  }

  std::vector<std::int64_t> count_classes(const RowFacts& facts) const {
    std::vector<std::int64_t> rows(classes().names().size());
    for (const double target : facts.targets) {
      ++rows[static_cast<std::size_t>(target)];
    }
    return rows;
  }

  static void renumber(RowFacts& facts, const std::vector<std::int32_t>& places) {
    for (double& target : facts.targets) {
      target = places[static_cast<std::size_t>(target)];
    }
  }

  std::unique_ptr<RowSource> open_array(const Files& files, RowFacts& facts) {
    const DataSpec& spec = data_->spec_;
    ArrayFile array = open_images(files);
    const Shape sample = sample_of(array);
    if (is_first()) {
      data_->sample_ = sample;
    } else if (sample != data_->sample_) {
      array.fail("has rows of " + text_of(sample) + ", the first file of " +
                 text_of(data_->sample_));
    }
    const ArrayFile labels = open_labels(files, array);
    if (is_first()) {
      const bool numbers = spec.task == Task::automatic && labels.is_float();
      data_->task_ =
          numbers || spec.task == Task::regression ? Task::regression : Task::classification;
    }
    const bool classify = data_->task_ == Task::classification;
    auto source = std::make_unique<ArraySource>(
        std::move(array), labels,
        ArrayOptions{.skip_bad_rows = spec.skip_bad_rows,
                     .memory_bytes = memory_left(),
                     .whole_labels = classify,
                     .classes = classify && !is_first() ? &array_classes_ : nullptr},
        facts);
    if (classify) {
      if (is_first()) {
        array_classes_ = ClassList(facts.targets);
      }
      for (double& target : facts.targets) {
        target = array_classes_.find(target);
      }
    }
    return source;
  }

  ArrayFile open_images(const Files& files) const {
    if (format_ == Format::idx) {
      return ArrayFile::open_idx(files.path);
    }
    const DataSpec::Image& image = *data_->spec_.image;
    const bool bytes = data_->spec_.raw_type == DataSpec::RawType::u8;
    return ArrayFile::open_bare(files.path,
                                bytes ? ArrayFile::Element::u8 : ArrayFile::Element::f32,
                                {image.height, image.width, image.channels});
  }

  Shape sample_of(const ArrayFile& array) const {
    const std::vector<std::int64_t>& sizes = array.sizes();
    const Shape stored = sizes.size() == 1 ? Shape{1}
                         : sizes.size() == 2
                             ? Shape{sizes[1]}
                             : Shape{sizes[1], sizes[2], sizes.size() == 4 ? sizes[3] : 1};
    const std::optional<Shape> image = image_of(data_->spec_);
    if (!image || *image == stored) {
      return stored;
    }
    if (is_image(stored) || image->count() != stored.count()) {
      array.fail("has rows of " + text_of(stored) + ", where image says " + text_of(*image) +
                 "; correct image, or leave it out");
    }
    return *image;
  }

  ArrayFile open_labels(const Files& files, const ArrayFile& images) {
    if (files.labels.empty()) {
      images.fail("where are its labels? set validation_labels, test_labels");
    }
    if (format_ == Format::idx) {
      ArrayFile labels = ArrayFile::open_idx(files.labels);
      if (labels.sizes().size() != 1) {
        labels.fail("has " + std::to_string(labels.sizes().size()) +
                    " sizes, where labels have one; are labels and images mixed up?");
      }
      return labels;
    }
    const bool bytes = DataFile(files.labels).size() == static_cast<std::uint64_t>(images.rows());
    if (!bytes && !four_bytes_) {
      four_bytes_ = data_->spec_.task == Task::regression ? ArrayFile::Element::f32
                                                          : four_byte_labels(files.labels);
    }
    return ArrayFile::open_bare(files.labels, bytes ? ArrayFile::Element::u8 : *four_bytes_, {});
  }

  void check_rows(const Files& files, const RowFacts& facts) const {
    if (facts.targets.empty()) {
      fail_with(files.path,
                "not one row can be used; " + (facts.bad > 0 ? "the first: " + facts.first_bad
                                                             : "in each a value is missing"));
    }
    const std::size_t most = std::numeric_limits<Row>::max();
    if (data_->targets_.size() + facts.targets.size() > most) {
      fail_with(files.path, "there are more than 4294967295 rows; use a part of them");
    }
    if (is_first() && data_->task_ == Task::classification && classes().names().size() < 2) {
      fail_with(files.path,
                "every row has the class " + quoted(classes().names().front()) +
                    ", and a classification needs two; correct the target, or set task to "
                    "regression");
    }
    if (classes().names().size() > Survey::kMostClasses) {
      fail_with(files.labels, "there are more than 65536 classes; set task to regression");
    }
  }

  void add(std::size_t part, std::unique_ptr<RowSource> source, RowFacts facts) {
    (part == 0 ? data_->training_rows_ : data_->validation_rows_) += part < 2 ? source->rows() : 0;
    data_->sources_.push_back(std::move(source));
    data_->targets_.insert(data_->targets_.end(), facts.targets.begin(), facts.targets.end());
    if (data_->bad_rows_ == 0) {
      data_->first_bad_row_ = facts.first_bad;
    }
    data_->bad_rows_ += facts.bad;
    if (data_->unknown_categories_ == 0) {
      data_->first_unknown_category_ = facts.first_unknown;
    }
    data_->unknown_categories_ += facts.unknown;
    data_->incomplete_rows_ += facts.incomplete;
  }

  // Tables: their features may be an image.
  void finish_shape() {
    const DataSpec& spec = data_->spec_;
    const std::optional<Shape> image = image_of(spec);
    if (image && schema_) {
      if (image->count() != data_->sample_.count()) {
        fail_with(spec.path, "has " + text_of(data_->sample_) + " features, where an image of " +
                                 text_of(*image) + " has " + std::to_string(image->count()) +
                                 "; correct image, or ignore columns");
      }
      data_->sample_ = *image;
    }
    if ((spec.shift > 0 || spec.flip) && !is_image(data_->sample_)) {
      fail_with(spec.path, "only images are shifted and flipped; set image, or leave them out");
    }
    data_->augmentation_ = {.shift = spec.shift, .flip = spec.flip};
  }

  std::unique_ptr<Dataset> data_;
  Format format_;
  std::shared_ptr<TableSchema> schema_{};  // null: arrays
  ClassList array_classes_{};
  std::optional<ArrayFile::Element> four_bytes_{};  // raw: of labels of four bytes, in all files
};

std::unique_ptr<Dataset> open_dataset(const DataSpec& spec) { return DatasetBuilder(spec).build(); }

}  // namespace autoglm::nn
