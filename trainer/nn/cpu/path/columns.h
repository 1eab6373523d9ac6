// Sums over the rows of a block, for each column: what normalizations and means over images need.
#pragma once

#include "trainer/nn/cpu/path/numbers.h"

namespace autoglm::nn::cpu {
namespace {

// Rows that are added up as f32 before they are added to an f64 sum.
constexpr Index kBlockRows = 64;

/// totals[i][j] += the sum over rows of terms[i], which term(row, j, get, terms) sets to those of a
/// vector of columns from j on.
template <std::size_t kSums, typename F>
inline void add_columns(Index rows, Index columns, double* const (&totals)[kSums], F term) {
  constexpr Index kChains = 4;  // additions that do not wait for each other
  for_vectors(columns, [&](Index j, auto get, auto) {
    Lanes sums[kChains][kSums] = {};
    const auto add = [&](Index r, Lanes(&chain)[kSums]) {
      Lanes terms[kSums];
      term(r, j, get, terms);
      for (std::size_t i = 0; i < kSums; ++i) {
        chain[i] += terms[i];
      }
    };
    Index r = 0;
    for (; r + kChains <= rows; r += kChains) {
      for (Index chain = 0; chain < kChains; ++chain) {
        add(r + chain, sums[chain]);
      }
    }
    for (; r < rows; ++r) {
      add(r, sums[0]);
    }
    for (std::size_t i = 0; i < kSums; ++i) {
      float lanes[kLanes];
      store(lanes, (sums[0][i] + sums[1][i]) + (sums[2][i] + sums[3][i]));
      for (Index lane = 0; lane < least(kLanes, columns - j); ++lane) {
        totals[i][j + lane] += static_cast<double>(lanes[lane]);
      }
    }
  });
}

/// totals[j] += the sum over rows of term(row, j, get), a vector of columns from j on.
template <typename F>
inline void add_columns(Index rows, Index columns, double* totals, F term) {
  double* const one[] = {totals};
  add_columns(rows, columns, one,
              [&](Index r, Index j, auto get, Lanes(&terms)[1]) { terms[0] = term(r, j, get); });
}

/// f(first, count) for blocks of rows.
template <typename F>
inline void for_blocks(Index rows, F f, Index block = kBlockRows) {
  for (Index first = 0; first < rows; first += block) {
    f(first, least(block, rows - first));
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
