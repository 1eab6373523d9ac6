#include "trainer/nn/data/split.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace autoglm::nn {
namespace {

using Rows = std::vector<Row>;
using Counts = std::vector<std::int64_t>;

/// 70 rows of class 0, 20 of class 1, 10 of class 2, mixed.
std::vector<std::int32_t> three_classes() {
  std::vector<std::int32_t> groups(100);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = i % 10 < 7 ? 0 : i % 10 < 9 ? 1 : 2;
  }
  return groups;
}

Counts counts_of(const Rows& rows, const std::vector<std::int32_t>& groups) {
  Counts counts(3);
  for (const Row row : rows) {
    ++counts[static_cast<std::size_t>(groups[row])];
  }
  return counts;
}

Rows all_of(const Split& split) {
  Rows rows = split.training;
  rows.insert(rows.end(), split.validation.begin(), split.validation.end());
  rows.insert(rows.end(), split.test.begin(), split.test.end());
  std::sort(rows.begin(), rows.end());
  return rows;
}

Rows rows_up_to(std::size_t count) {
  Rows rows(count);
  std::iota(rows.begin(), rows.end(), Row{0});
  return rows;
}

TEST_CASE("every part has its share of every class") {
  const auto groups = three_classes();
  const Split split = split_rows(groups, {.validation = 0.2, .test = 0.1, .seed = 7});
  CHECK(counts_of(split.test, groups) == Counts{7, 2, 1});
  CHECK(counts_of(split.validation, groups) == Counts{14, 4, 2});
  CHECK(counts_of(split.training, groups) == Counts{49, 14, 7});
  CHECK(all_of(split) == rows_up_to(100));
  CHECK(std::is_sorted(split.training.begin(), split.training.end()));
}

TEST_CASE("shares that do not come out even are rounded, of all and of each class by one at most") {
  const auto groups = three_classes();
  const Split split = split_rows(groups, {.validation = 0.25, .test = 0.03, .seed = 7});
  CHECK(split.test.size() == 3);  // 2.1, 0.6 and 0.3 rows
  CHECK(counts_of(split.test, groups) == Counts{2, 1, 0});
  CHECK(split.validation.size() == 25);
  const Counts counts = counts_of(split.validation, groups);
  CHECK(std::abs(static_cast<double>(counts[0]) - 17.5) < 1);
  CHECK(std::abs(static_cast<double>(counts[1]) - 5) < 1);
  CHECK(std::abs(static_cast<double>(counts[2]) - 2.5) < 1);
}

TEST_CASE("beside a test part the others have their shares to within two rows") {
  const Counts classes = {23, 12, 22, 11, 12};  // by more than one row, as it turns out: 1.4
  std::vector<std::int32_t> groups;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    groups.insert(groups.end(), static_cast<std::size_t>(classes[i]), static_cast<int>(i));
  }
  const Split split = split_rows(groups, {.validation = 0.1, .test = 0.1});
  const auto farthest = [&](const Rows& rows, double share) {
    double most = 0;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const auto count = std::count_if(rows.begin(), rows.end(),
                                       [&](Row row) { return groups[row] == static_cast<int>(i); });
      most = std::max(
          most, std::abs(static_cast<double>(count) - share * static_cast<double>(classes[i])));
    }
    return most;
  };
  CHECK(split.test.size() == 8);
  CHECK(split.validation.size() == 8);
  CHECK(farthest(split.test, 0.1) < 1);
  CHECK(farthest(split.validation, 0.1) < 2);
  CHECK(farthest(split.training, 0.8) < 2);
}

TEST_CASE("largest remainders get what is left over") {
  CHECK(apportion(10, {6, 6, 2}) == Counts{4, 4, 2});  // 4.29, 4.29, 1.43
  CHECK(apportion(3, {1, 1, 1, 1}) == Counts{1, 1, 1, 0});
  CHECK(apportion(0, {5, 5}) == Counts{0, 0});
  CHECK(apportion(10, {5, 5}) == Counts{5, 5});
  CHECK(apportion(0, {}).empty());
  // Products of row counts do not overflow.
  CHECK(apportion(2147483648, {4294967295}) == Counts{2147483648});
}

TEST_CASE("a split depends on its seed, and on nothing else") {
  const auto groups = three_classes();
  const SplitOptions options{.validation = 0.2, .seed = 7};
  CHECK(split_rows(groups, options).validation == split_rows(groups, options).validation);
  CHECK(split_rows(groups, options).validation !=
        split_rows(groups, {.validation = 0.2, .seed = 8}).validation);
}

TEST_CASE(
    "each row is in the validation part of one fold, and folds have their shares of classes") {
  const auto groups = three_classes();
  Rows judged;
  for (std::int64_t fold = 0; fold < 3; ++fold) {
    const Split split = split_rows(groups, {.test = 0.1, .folds = 3, .fold = fold, .seed = 7});
    CHECK(split.validation.size() == 30);
    CHECK(all_of(split) == rows_up_to(100));
    const Counts counts = counts_of(split.validation, groups);
    CHECK(counts[0] == 21);
    CHECK(counts[1] == 6);
    CHECK(counts[2] == 3);
    judged.insert(judged.end(), split.validation.begin(), split.validation.end());
  }
  const Split first = split_rows(groups, {.test = 0.1, .folds = 3, .fold = 0, .seed = 7});
  judged.insert(judged.end(), first.test.begin(), first.test.end());
  std::sort(judged.begin(), judged.end());
  CHECK(judged == rows_up_to(100));
}

TEST_CASE("sizes of folds differ by one row at most") {
  const std::vector<std::int32_t> groups = {0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2};
  std::vector<std::size_t> sizes;
  for (std::int64_t fold = 0; fold < 4; ++fold) {
    sizes.push_back(split_rows(groups, {.folds = 4, .fold = fold}).validation.size());
  }
  CHECK(sizes == std::vector<std::size_t>{3, 3, 3, 2});
}

TEST_CASE("a class of one row teaches") {
  const std::vector<std::int32_t> groups = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Split split = split_rows(groups, {.validation = 0.2, .seed = seed});
    CHECK(std::find(split.training.begin(), split.training.end(), 9) != split.training.end());
  }
}

}  // namespace
}  // namespace autoglm::nn
