// Tiles of all heights, widths and kinds, as functions.
#pragma once

#include "trainer/nn/cpu/path/matrix_tiles.h"

namespace autoglm::nn::cpu {
namespace {

/// What the 32 bits of a cell are.
enum class Cells { f32, bf16_pairs };

template <Cells cells>
inline Lanes add_products(Lanes a, Lanes b, Lanes sum) {
  return cells == Cells::f32 ? multiply_add(a, b, sum) : add_pair_products(a, b, sum);
}

template <Left left, Cells cells, Index rows, Index vectors>
void multiply_tile(const float* a, const float* b, const Walk& walk, const Target& target) {
  constexpr Index kRow = left == Left::rows ? kRowStep : 1;
  constexpr Index kNext = left == Left::rows ? 1 : kColumnStep;
  Sums<rows, vectors> sums;
  for_tile<rows, vectors>([&](Index i, Index v) { sums[i][v] = Lanes{}; });
  prefetch_tile<rows>(target);
  for (Index image = 0; image < walk.images; ++image) {
    for (Index line = 0; line < walk.lines; ++line) {
      const float* right = b + image * walk.image_step + line * walk.line_step;
#pragma GCC unroll 2
      for (Index p = 0; p < walk.length; ++p) {
        Lanes vector[static_cast<std::size_t>(vectors)];
#pragma GCC unroll 2
        for (Index v = 0; v < vectors; ++v) {
          vector[v] = load(right + v * kLanes);
        }
#pragma GCC unroll 14
        for (Index i = 0; i < rows; ++i) {
          const Lanes cell = broadcast_cell(a + i * kRow);
#pragma GCC unroll 2
          for (Index v = 0; v < vectors; ++v) {
            sums[i][v] = add_products<cells>(cell, vector[v], sums[i][v]);
          }
        }
        a += kNext;
        right += walk.step;
      }
    }
  }
  end_tile<rows, vectors>(target, sums);
}

template <Index... values>
struct IndexList {};
template <Index count, Index... values>
struct CountTo : CountTo<count - 1, count - 1, values...> {};
template <Index... values>
struct CountTo<0, values...> {
  using List = IndexList<values...>;
};
using Heights = CountTo<kTileRows>::List;  // 0, …, kTileRows - 1

using TileFunction = void (*)(const float* a, const float* b, const Walk&, const Target&);

/// The tile of 1 + `height` rows, for all heights.
template <Left left, Cells cells, Index vectors, Index... height>
inline TileFunction tile_of(Index rows, IndexList<height...> /*heights*/) {
  static constexpr TileFunction kTiles[] = {multiply_tile<left, cells, 1 + height, vectors>...};
  return kTiles[rows - 1];
}

/// Rows of the highest tile.
template <Cells cells>
constexpr Index kRowsOf = cells == Cells::bf16_pairs&& kHasMatrixUnit ? kUnitTileRows : kTileRows;

/// The matrix unit, where these cells need it.
struct NoUnit {
  NoUnit() {}  // not trivial, so that it is no unused variable
};
template <Cells cells, bool needed = cells == Cells::bf16_pairs&& kHasMatrixUnit>
struct UnitOf {
  using Type = NoUnit;
};
template <Cells cells>
struct UnitOf<cells, true> {
  using Type = UnitInUse;
};
template <Cells cells>
using UnitFor = typename UnitOf<cells>::Type;

/// rows: 1 to kRowsOf<cells>; columns: 1 to kTileColumns.
template <Left left, Cells cells>
inline TileFunction tile_of(Index rows, Index columns) {
  const bool narrow_one = columns <= kLanes;
  if constexpr (cells == Cells::bf16_pairs && kHasMatrixUnit) {
    static_assert(left == Left::rows);
    if (rows <= kUnitRows) {
      return narrow_one ? multiply_unit_tile<false, 1> : multiply_unit_tile<false, 2>;
    }
    return narrow_one ? multiply_unit_tile<true, 1> : multiply_unit_tile<true, 2>;
  } else {
    return narrow_one ? tile_of<left, cells, 1>(rows, Heights{})
                      : tile_of<left, cells, 2>(rows, Heights{});
  }
}

}  // namespace
}  // namespace autoglm::nn::cpu
