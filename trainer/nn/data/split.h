// Which rows teach, which judge, and which are kept for the end.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace autoglm::nn {

/// Number of a row of a Dataset. Data sets have less than 2^32 rows.
using Row = std::uint32_t;

/// Three lists without a row in common, each ascending.
struct Split {
  std::vector<Row> training{};
  std::vector<Row> validation{};
  std::vector<Row> test{};
};

struct SplitOptions {
  double validation = 0;   // share of the rows, rounded to nearest; not used where folds > 1
  double test = 0;         // share of the rows, rounded to nearest
  std::int64_t folds = 1;  // > 1: of what is not test, every fold is the validation part once
  std::int64_t fold = 0;   // in [0, folds)
  std::uint64_t seed = 0;
};

/// Splits rows 0 to groups.size() - 1 at random, but so that each part has its share of all exactly
/// and of each group (of each class) to within one row; where there is a test part, the others to
/// within two: they share what it leaves. Depends on nothing but its arguments.
Split split_rows(std::span<const std::int32_t> groups, const SplitOptions& options);

/// `total` split in proportion to `sizes`, by the largest remainders (the earlier group first where
/// they are equal), none above its size. REQUIRES: total <= sum of sizes.
std::vector<std::int64_t> apportion(std::int64_t total, const std::vector<std::int64_t>& sizes);

}  // namespace autoglm::nn
