// The innermost product: a tile of the result stays in registers while a depth of numbers passes by
// (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008; Van Zee and
// van de Geijn, "BLIS", 2015). Vectors lie along the columns of the result; numbers of the left
// operand are broadcast from memory.
#pragma once

#include "trainer/nn/cpu/path/lanes.h"

namespace autoglm::nn::cpu {
namespace {

// With 32 registers 14 x 2 sums, 2 vectors of the right operand and one of the left; with 16
// registers 6 x 2; without fused multiplication a product needs a register too.
constexpr Index kTileRows = kLanes == 16 ? 14 : kLanes == 8 ? 6 : 4;
constexpr Index kTileVectors = 2;
constexpr Index kTileColumns = kTileVectors * kLanes;

// The left operand's part of a tile is copied next to each other before it is used: rows one after
// the other with a distance that keeps them out of each other's way in the first cache, or
// (`columns`) the tile's rows side by side.
constexpr Index kMostDepth = 256;
constexpr Index kRowStep = kMostDepth + 16;
constexpr Index kColumnStep = kLanes == 4 ? 4 : kLanes;
constexpr Index kMostTileRows = 32;  // of any kind of tile
constexpr Index kLeftSize = kRowStep * kMostTileRows;
static_assert(kColumnStep >= kTileRows && kMostTileRows >= kColumnStep);
enum class Left { rows, columns };

/// Where vectors of the right operand are: numbers a step apart, `length` in a line, and so on. A
/// packed panel is one line.
struct Walk {
  Index length = 0;
  Index step = 0;
  Index lines = 1;
  Index line_step = 0;
  Index images = 1;
  Index image_step = 0;
};

/// Where the tile goes, and what happens to it there: c = max(0, c + product + bias), each part if
/// wanted. bias: of the tile's columns, or null.
struct Target {
  float* c = nullptr;
  Index stride = 0;
  Index rows = 0;     // of the tile
  Index columns = 0;  // present ones, of those that the tile is wide
  bool accumulate = false;
  const float* bias = nullptr;
  bool rectify = false;
};

template <Index rows, Index vectors>
using Sums = Lanes[static_cast<std::size_t>(rows)][static_cast<std::size_t>(vectors)];

/// f(i, v) for all vectors of a tile, or of a patch (winograd.h), without a loop: sums must stay in
/// registers.
template <Index rows, Index vectors, typename F>
inline void for_tile(F f) {
#pragma GCC unroll 14
  for (Index i = 0; i < rows; ++i) {
#pragma GCC unroll 4
    for (Index v = 0; v < vectors; ++v) {
      f(i, v);
    }
  }
}

/// Asks for the lines of memory that the tile will be added to.
template <Index rows>
inline void prefetch_tile(const Target& target) {
#pragma GCC unroll 14
  for (Index i = 0; i < rows; ++i) {
    __builtin_prefetch(target.c + i * target.stride, 1);
    __builtin_prefetch(target.c + i * target.stride + target.columns - 1, 1);
  }
}

template <Index rows, Index vectors>
inline void end_tile(const Target& target, Sums<rows, vectors>& sums) {
  const Index last = target.columns - (vectors - 1) * kLanes;  // of the last vector, are present
  if (target.accumulate && last == kLanes) {
    for_tile<rows, vectors>(
        [&](Index i, Index v) { sums[i][v] += load(target.c + i * target.stride + v * kLanes); });
  } else if (target.accumulate) {
    for_tile<rows, vectors>([&](Index i, Index v) {
      const float* from = target.c + i * target.stride + v * kLanes;
      sums[i][v] += v + 1 < vectors ? load(from) : load_first(from, last);
    });
  }
  if (target.bias != nullptr) {
    Lanes bias[static_cast<std::size_t>(vectors)];
    for_tile<1, vectors>([&](Index, Index v) {
      bias[v] = load_first(target.bias + v * kLanes, v + 1 < vectors ? kLanes : last);
    });
    for_tile<rows, vectors>([&](Index i, Index v) { sums[i][v] += bias[v]; });
  }
  if (target.rectify) {
    for_tile<rows, vectors>([&](Index i, Index v) { sums[i][v] = rectified(sums[i][v]); });
  }
  if (last == kLanes) {
    for_tile<rows, vectors>(
        [&](Index i, Index v) { store(target.c + i * target.stride + v * kLanes, sums[i][v]); });
  } else {
    for_tile<rows, vectors>([&](Index i, Index v) {
      float* to = target.c + i * target.stride + v * kLanes;
      v + 1 < vectors ? store(to, sums[i][v]) : store_first(to, sums[i][v], last);
    });
  }
}

/// A cell of 32 bits in all lanes, whatever it holds.
inline Lanes broadcast_cell(const float* from) {
  std::int32_t bits = 0;
  __builtin_memcpy(&bits, from, sizeof(bits));
  return (Lanes)(bits - LaneBits{});
}

}  // namespace
}  // namespace autoglm::nn::cpu
