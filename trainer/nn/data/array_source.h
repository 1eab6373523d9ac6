// Images, or rows of numbers, from a binary file, with their labels from another.
#pragma once

#include <vector>

#include "trainer/nn/data/array_file.h"
#include "trainer/nn/data/class_list.h"
#include "trainer/nn/data/row_source.h"

namespace autoglm::nn {

struct ArrayOptions {
  bool skip_bad_rows = false;
  std::int64_t memory_bytes = 0;       // for the cache
  bool whole_labels = false;           // others are an error: they would be no classes
  const ClassList* classes = nullptr;  // not null: labels must be among them. For the call
};

/// Bytes are scaled from 0 … 255 to 0 … 1, other elements are as they are. The cache holds the
/// file's own bytes.
class ArraySource : public RowSource {
 public:
  /// The targets of `facts` are the labels themselves. A row is bad when its label or an element is
  /// not finite or above 1e38, or its label is no class.
  ArraySource(ArrayFile images, const ArrayFile& labels, const ArrayOptions& options,
              RowFacts& facts);

  std::int64_t rows() const override { return rows_; }
  std::int64_t cached_bytes() const override { return static_cast<std::int64_t>(cache_.size()); }
  void read(std::int64_t row, RowBuffers& buffers, float* features) const override;

 private:
  void read_labels(const ArrayFile& labels, const ArrayOptions& options, RowFacts& facts);
  std::string problem_with_row(std::int64_t row, RowBuffers& buffers, float* features) const;
  void read_stored(std::int64_t stored, RowBuffers& buffers, float* features) const;

  ArrayFile images_;
  std::vector<char> cache_{};
  std::vector<std::uint32_t> stored_rows_{};  // where each row stands; empty: none is left out
  std::int64_t rows_ = 0;
};

}  // namespace autoglm::nn
