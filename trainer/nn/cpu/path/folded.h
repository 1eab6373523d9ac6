// Rows of an array, several together as one, so that few columns fill vectors as well.
#pragma once

#include "trainer/nn/cpu/path/columns.h"

namespace autoglm::nn::cpu {
namespace {

/// An array whose rows are `times` rows of the one given, one after the other.
struct Folded {
  Rows rows{};  // the wide ones
  Index times = 1;
  Index block = 0;  // rows that are read at once: few enough for the first cache, but some

  explicit Folded(Rows narrow) {
    constexpr Index kFewVectors = 8;
    while (narrow.columns < kFewVectors * kLanes && narrow.columns * times % kLanes != 0) {
      times *= 2;
    }
    times = narrow.count % times == 0 ? times : 1;
    rows = {narrow.count / times, narrow.columns * times};
    constexpr Index kBlockNumbers = 4096;
    constexpr Index kLeastRows = 8;
    const Index within = kBlockNumbers / rows.columns;
    block = within < kLeastRows ? kLeastRows : least(within, kBlockRows);
  }
  Index narrow_columns() const { return rows.columns / times; }
  Index block_numbers() const { return block * rows.columns; }

  /// f(first, count) for blocks of rows, from the last to the first, or from the first on.
  template <typename F>
  void for_blocks_back(F f) const {
    for (Index end = rows.count; end > 0;) {
      const Index count = least(block, end);
      end -= count;
      f(end, count);
    }
  }
  template <typename F>
  void for_blocks_forward(F f) const {
    for_blocks(rows.count, f, block);
  }

  /// A parameter of all columns: value(j) of the narrow column j.
  template <typename F>
  void fill(float* to, F value) const {
    for (Index j = 0; j < narrow_columns(); ++j) {
      const float of_column = value(j);
      for (Index i = 0; i < times; ++i) {
        to[i * narrow_columns() + j] = of_column;
      }
    }
  }
  /// Of a narrow column, of sums of the wide ones.
  double total(const double* sums, Index j) const {
    double result = 0;
    for (Index i = 0; i < times; ++i) {
      result += sums[i * narrow_columns() + j];
    }
    return result;
  }
};

}  // namespace
}  // namespace autoglm::nn::cpu
