// Data for training: rows of features with a class or a number each, from tables and images.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "trainer/nn/data/row_source.h"
#include "trainer/nn/data/split.h"
#include "trainer/nn/data/standardization.h"
#include "trainer/nn/data/table_schema.h"
#include "trainer/nn/tensor.h"
#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

/// All rows that can be used, numbered over the files in the order training, validation, test.
/// Everything is safe to be called from several threads.
class Dataset {
 public:
  /// Never Task::automatic.
  Task task() const { return task_; }
  /// In order of their numbers: labels that are numbers ascending, others by their bytes. Empty for
  /// regression.
  const std::vector<std::string>& classes() const { return classes_; }
  /// Of one sample: [features], or [height, width, channels].
  const Shape& sample() const { return sample_; }
  /// How many numbers a network gives: one a class, or one.
  std::int64_t outputs() const { return classes_.empty() ? 1 : std::ssize(classes_); }
  /// Of a table, in the order of the file, the target among them; empty for arrays.
  std::span<const Column> columns() const;
  std::int64_t rows() const { return static_cast<std::int64_t>(targets_.size()); }
  /// Of features held in memory, at most what the spec allows. Besides there are 8 bytes a row for
  /// the target and 12 for the place in a file that is not in memory.
  std::int64_t cached_bytes() const;
  /// For people, a line each: what the columns, the target and the parts are.
  std::vector<std::string> describe() const;

  /// REQUIRES: 0 <= fold < the spec's folds. Throws DataError where a part would be empty.
  Split split(std::int64_t fold = 0) const;
  /// `training` ascending is the quickest. The same numbers in every run.
  Standardization fit(std::span<const Row> training) const;

  /// Of a classification.
  std::int32_t label(Row row) const { return static_cast<std::int32_t>(targets_[row]); }
  /// Of a regression, in its own unit.
  double target(Row row) const { return targets_[row]; }
  /// Stored features, not standardised yet: [sample().count()]; NaN: missing.
  void read(Row row, RowBuffers& buffers, float* features) const;

  /// How training images are moved at random; nothing for other data.
  struct Augmentation {
    std::int64_t shift = 0;
    bool flip = false;
  };
  const Augmentation& augmentation() const { return augmentation_; }

 private:
  friend class DatasetBuilder;
  Dataset() = default;
  struct FeatureKind {
    bool is_category = false;
    double origin = 0;  // see Column
  };
  std::vector<FeatureKind> feature_kinds(std::size_t places) const;
  void describe_columns(std::vector<std::string>& lines) const;
  std::string describe_target() const;

  DataSpec spec_{};
  Task task_ = Task::classification;
  std::vector<std::string> classes_{};
  Shape sample_{};
  Augmentation augmentation_{};
  std::shared_ptr<const TableSchema> schema_{};        // shared with its sources; null: arrays
  std::vector<std::unique_ptr<RowSource>> sources_{};  // training, and validation and test if any
  std::vector<double> targets_{};
  std::int64_t training_rows_ = 0;    // of the first file
  std::int64_t validation_rows_ = 0;  // of the file for validation
  std::int64_t bad_rows_ = 0;
  std::int64_t incomplete_rows_ = 0;
  std::string first_bad_row_{};
  std::int64_t unknown_categories_ = 0;
  std::string first_unknown_category_{};
};

/// Reads all of it once or twice. Throws DataError for whatever cannot be used, also for what the
/// spec asks for and the data does not have.
std::unique_ptr<Dataset> open_dataset(const DataSpec& spec);

}  // namespace autoglm::nn
