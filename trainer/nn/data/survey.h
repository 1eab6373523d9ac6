// The first pass over a table: what its columns hold.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "trainer/nn/data/number_sample.h"
#include "trainer/nn/data/table_file.h"
#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

struct ColumnFacts {
  std::int64_t numbers = 0;  // cells; of those that are not missing
  std::int64_t words = 0;    // numbers that are written true or false
  std::int64_t beyond = 0;   // infinite and too great numbers
  std::int64_t texts = 0;
  std::int64_t nested = 0;
  bool whole = true;  // all numbers are
  NumberSample sample{};
  std::unordered_set<std::string, TextHash, std::equal_to<>>
      values{};          // different texts of cells …
  bool dropped = false;  // … unless there were too many to keep
  std::size_t most = 0;  // so many are kept
  bool wanted = false;   // they are kept before those of other columns

  std::int64_t present() const { return numbers + beyond + texts + nested; }
  bool mostly_numbers() const;
};

struct Survey {
  /// Different texts that are kept of a column, and of the target.
  static constexpr std::size_t kMostCategories = 1000;
  static constexpr std::size_t kMostClasses = 65536;

  ColumnNames names{};
  std::vector<ColumnFacts> facts{};  // of each name
  std::int64_t rows = 0;             // that could be split into cells
};

/// Looks at every row of the file. A row that cannot be split is a DataError, or passed over, as
/// `spec` says. Texts of the target and of columns that are said to be categories are wanted.
Survey survey_table(const TableFile& file, const DataSpec& spec);

}  // namespace autoglm::nn
