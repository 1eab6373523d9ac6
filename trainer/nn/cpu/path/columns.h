// Sums over the rows of a block, for each column: what normalizations and means over images need.
#pragma once

#include "trainer/nn/cpu/path/numbers.h"

namespace autoglm::nn::cpu {
namespace {

// Rows that are added up as f32 before they are added to an f64 sum.
constexpr Index kBlockRows = 64;

/// totals[j] += the sum over rows of term(row, j, get), a vector of columns from j on.
template <typename F>
inline void add_columns(Index rows, Index columns, double* totals, F term) {
  constexpr Index kChains = 4;  // additions that do not wait for each other
  for_vectors(columns, [&](Index j, auto get, auto) {
    Lanes sums[kChains] = {};
    Index r = 0;
    for (; r + kChains <= rows; r += kChains) {
      for (Index chain = 0; chain < kChains; ++chain) {
        sums[chain] += term(r + chain, j, get);
      }
    }
    for (; r < rows; ++r) {
      sums[0] += term(r, j, get);
    }
    float lanes[kLanes];
    store(lanes, (sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (Index lane = 0; lane < least(kLanes, columns - j); ++lane) {
      totals[j + lane] += static_cast<double>(lanes[lane]);
    }
  });
}

/// f(first, count) for blocks of rows.
template <typename F>
inline void for_blocks(Index rows, F f) {
  for (Index first = 0; first < rows; first += kBlockRows) {
    f(first, least(kBlockRows, rows - first));
  }
}

/// Scratch memory, handed out piece by piece; one reservation for all.
class Pieces {
 public:
  explicit Pieces(void* memory) : next_(static_cast<char*>(memory)) {}
  static constexpr std::size_t size(Index count, std::size_t element) {
    return (static_cast<std::size_t>(count) * element + kAlignment - 1) / kAlignment * kAlignment;
  }
  float* floats(Index count) { return static_cast<float*>(next(size(count, sizeof(float)))); }
  Half* halves(Index count) { return static_cast<Half*>(next(size(count, sizeof(Half)))); }
  double* zero_doubles(Index count) {
    void* const result = next(size(count, sizeof(double)));
    __builtin_memset(result, 0, static_cast<std::size_t>(count) * sizeof(double));
    return static_cast<double*>(result);
  }

 private:
  void* next(std::size_t bytes) {
    void* const result = next_;
    next_ += bytes;
    return result;
  }

  char* next_;
};

}  // namespace
}  // namespace autoglm::nn::cpu
