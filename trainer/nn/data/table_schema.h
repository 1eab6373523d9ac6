// How the rows of a table become numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trainer/nn/data/class_list.h"
#include "trainer/nn/data/survey.h"
#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

struct Column {
  std::string name{};
  DataSpec::ColumnType type = DataSpec::ColumnType::ignore;
  bool inferred = true;
  std::int64_t missing = 0;               // cells
  std::optional<std::size_t> distinct{};  // different values; none: more than were kept
  std::int64_t feature = -1;              // its first one; -1: ignored, or the target
  // What is subtracted from numbers before they are rounded to f32: one from their middle, so that
  // those that lie close together stay apart, wherever they lie and whatever outliers there are.
  double origin = 0;
  std::vector<std::string> categories{};  // by bytes; the empty one is that of missing cells
};

/// What became of a row.
struct RowVerdict {
  enum class Kind {
    good,
    incomplete,  // it has a missing value, and such rows are not wanted
    bad
  };
  Kind kind = Kind::good;
  std::string problem{};        // of bad rows: "column "x": …"
  std::int64_t unknown = 0;     // cells with a category that the first file does not have
  std::string first_unknown{};  // "column "x": "…"" of the first of them
};

/// A number column is one feature: number - origin as f32, NaN where it is missing. A category
/// column is one feature for each category, 1 for the row's own and 0 for others.
class TableSchema {
 public:
  /// Decides what the spec leaves open, by what the columns hold:
  /// - without a value: ignored; at least nine in ten values numbers: number; else category;
  /// - task: regression for numbers, unless they are whole and at most 20 different ones.
  /// Throws DataError naming `path`.
  TableSchema(const DataSpec& spec, const std::string& path, Survey survey);

  const std::vector<Column>& columns() const { return columns_; }
  std::uint32_t target() const { return target_; }
  std::int64_t features() const { return static_cast<std::int64_t>(template_.size()); }
  bool is_classification() const { return classification_; }
  const ClassList& classes() const { return classes_; }
  /// Forgets classes without rows, see ClassList.
  std::vector<std::int32_t> drop_empty_classes(const std::vector<std::int64_t>& rows) {
    return classes_.drop_empty(rows);
  }

  /// Numbers, or one-hot categories, of the columns that `cells` name. row: [features].
  RowVerdict encode(const Cells& cells, float* row) const;
  /// The class's number, or the number to predict. Bad where it is missing or none.
  RowVerdict read_target(const Cells& cells, double& target) const;

 private:
  void choose_types(const DataSpec& spec, const std::string& path, const Survey& survey);
  void choose_task(const DataSpec& spec, const std::string& path, const ColumnFacts& facts);
  void number_features(const DataSpec& spec, const std::string& path, Survey& survey);
  void check_categories(const Column& column, const ColumnFacts& facts,
                        const std::string& path) const;
  RowVerdict encode_cell(const Column& column, const Cell& cell, float* at, bool& missing) const;
  RowVerdict judge_missing(const Cells& cells, std::int64_t numbers, std::int64_t categories) const;

  DataSpec::MissingNumber missing_number_;
  DataSpec::MissingCategory missing_category_;
  std::vector<Column> columns_{};
  std::uint32_t target_ = 0;
  bool classification_ = true;
  ClassList classes_{};
  std::vector<float> template_{};  // a row without a value
  std::int64_t numbers_ = 0;       // columns
  std::int64_t categories_ = 0;    // columns
};

}  // namespace autoglm::nn
