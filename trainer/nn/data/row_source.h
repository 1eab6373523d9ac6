// Where the features of rows come from: memory, or a file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/nn/data/cells.h"

namespace autoglm::nn {

/// Scratch memory of one reader; kept, it spares allocations.
struct RowBuffers {
  std::string bytes{};
  Cells cells{};
};

/// The rows of one file that can be used, numbered from 0 in the file's order. Safe to read from
/// several threads, each with buffers of its own.
class RowSource {
 public:
  virtual ~RowSource() = default;
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;

  virtual std::int64_t rows() const = 0;
  /// Of rows held in memory; 0 where they are read as they are asked for.
  virtual std::int64_t cached_bytes() const = 0;
  /// The features of a row as they are stored, before they are standardised; NaN: missing. The same
  /// numbers whether cached or not. Throws DataError where the file was changed meanwhile.
  virtual void read(std::int64_t row, RowBuffers& buffers, float* features) const = 0;
};

/// What was found out about the rows of a file when it was opened.
struct RowFacts {
  std::vector<double> targets{};  // of each row: its class's number, or what is to be predicted
  std::int64_t bad = 0;           // rows that were left out
  std::string first_bad{};        // "FILE:LINE: …" of the first of them
  std::int64_t incomplete = 0;    // rows that were left out for a missing value
  std::int64_t unknown = 0;       // cells with a category that the first file does not have
  std::string first_unknown{};    // "FILE:LINE: …" of the first of them
};

}  // namespace autoglm::nn
