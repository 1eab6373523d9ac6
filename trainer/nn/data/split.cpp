#include "trainer/nn/data/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "search_space/random.h"

namespace autoglm::nn {
namespace {

/// Rows of each group, each in a random order of its own.
std::vector<std::vector<Row>> shuffled_groups(std::span<const std::int32_t> groups,
                                              std::uint64_t seed) {
  std::vector<std::vector<Row>> lists;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    const auto group = static_cast<std::size_t>(groups[row]);
    lists.resize(std::max(lists.size(), group + 1));
    lists[group].push_back(static_cast<Row>(row));
  }
  for (std::size_t group = 0; group < lists.size(); ++group) {
    Rng rng(seed, group);
    for (std::size_t left = lists[group].size(); left > 1; --left) {
      std::swap(lists[group][left - 1], lists[group][rng.below(left)]);
    }
  }
  return lists;
}

std::vector<std::int64_t> sizes_of(const std::vector<std::vector<Row>>& lists) {
  std::vector<std::int64_t> sizes;
  sizes.reserve(lists.size());
  for (const std::vector<Row>& list : lists) {
    sizes.push_back(static_cast<std::int64_t>(list.size()));
  }
  return sizes;
}

// Takes counts[i] rows from the end of each list i.
std::vector<Row> take(std::vector<std::vector<Row>>& lists,
                      const std::vector<std::int64_t>& counts) {
  std::vector<Row> taken;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const auto begin = lists[i].end() - counts[i];
    taken.insert(taken.end(), begin, lists[i].end());
    lists[i].erase(begin, lists[i].end());
  }
  return taken;
}

}  // namespace

std::vector<std::int64_t> apportion(std::int64_t total, const std::vector<std::int64_t>& sizes) {
  const std::int64_t all = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  std::vector<std::int64_t> counts;
  std::vector<std::pair<std::int64_t, std::size_t>> remainders;  // negative, so that sorting
  std::int64_t left = total;                                     // puts the largest first
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    // Rows are less than 2^32, so products fit into 64 bits.
    const auto share = static_cast<std::uint64_t>(total) * static_cast<std::uint64_t>(sizes[i]);
    const auto whole = static_cast<std::uint64_t>(std::max<std::int64_t>(all, 1));
    counts.push_back(static_cast<std::int64_t>(share / whole));
    remainders.emplace_back(-static_cast<std::int64_t>(share % whole), i);
    left -= counts.back();
  }
  std::sort(remainders.begin(), remainders.end());
  for (std::int64_t i = 0; i < left; ++i) {
    ++counts[remainders[static_cast<std::size_t>(i)].second];
  }
  return counts;
}

Split split_rows(std::span<const std::int32_t> groups, const SplitOptions& options) {
  const auto rows = static_cast<double>(groups.size());
  std::vector<std::vector<Row>> lists = shuffled_groups(groups, options.seed);
  Split split;
  split.test = take(lists, apportion(std::llround(options.test * rows), sizes_of(lists)));
  if (options.folds > 1) {
    std::int64_t dealt = 0;
    for (const std::vector<Row>& list : lists) {
      for (const Row row : list) {
        const bool mine = dealt++ % options.folds == options.fold;
        (mine ? split.validation : split.training).push_back(row);
      }
    }
  } else {
    const std::int64_t left = static_cast<std::int64_t>(groups.size() - split.test.size());
    const std::int64_t wanted =
        std::min<std::int64_t>(left, std::llround(options.validation * rows));
    split.validation = take(lists, apportion(wanted, sizes_of(lists)));
    for (const std::vector<Row>& list : lists) {
      split.training.insert(split.training.end(), list.begin(), list.end());
    }
  }
  for (std::vector<Row>* part : {&split.training, &split.validation, &split.test}) {
    std::sort(part->begin(), part->end());
  }
  return split;
}

}  // namespace autoglm::nn
