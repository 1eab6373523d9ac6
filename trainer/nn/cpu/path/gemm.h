// Products of matrices in blocks: packed panels of the right operand stay in the second cache while
// tiles of the left operand, copied to the first one just before, pass over them.
#pragma once

#include "trainer/nn/cpu/path/columns.h"
#include "trainer/nn/cpu/path/packing.h"

namespace autoglm::nn::cpu {
namespace {

constexpr Index kBlockColumns = 512;  // with kMostDepth: half a megabyte of panels
static_assert(kBlockColumns % kTileColumns == 0);

/// f(first, size) for parts of n that are as equal as multiples of `unit` can be, none above
/// `most`.
template <typename F>
inline void for_parts(Index n, Index most, Index unit, F f) {
  const Index parts = (n + most - 1) / most;
  const Index units = (n + unit - 1) / unit;
  Index first = 0;
  for (Index part = 0; part < parts; ++part) {
    const Index end = least(n, units * (part + 1) / parts * unit);
    f(first, end - first);
    first = end;
  }
}

constexpr Index kDepthUnit = 4;

template <typename F>
inline void for_depths(Index depth, F f) {
  for_parts(depth, kMostDepth, kDepthUnit, f);
}

/// c [rows, columns] (+)= left right of this depth, and what else the target says (its columns are
/// not used).
struct Product {
  Index rows = 0;
  Index columns = 0;
  Index depth = 0;
  Target target{};
};

/// The part of a product that one block of the depth adds. panels: of that depth and all columns.
/// fill(first row, rows, to): the left operand's tile.
template <Left left, typename Fill>
inline void multiply_block(const Product& product, Index depth, bool is_first, bool is_last,
                           const float* panels, float* left_tile, Fill fill) {
  for_parts(product.columns, kBlockColumns, kTileColumns, [&](Index first_column, Index columns) {
    const float* const block = panels + first_column * depth;
    for_parts(product.rows, kTileRows, 1, [&](Index row, Index rows) {
      fill(row, rows, left_tile);
      const float* panel = block;
      for (Index j = 0; j < columns; j += kTileColumns) {
        const Index wide = least(kTileColumns, columns - j);
        const Index column = first_column + j;
        Target target = product.target;
        target.c += row * target.stride + column;
        target.columns = wide;
        target.accumulate = target.accumulate || !is_first;
        target.bias = is_last && target.bias != nullptr ? target.bias + column : nullptr;
        target.rectify = is_last && target.rectify;
        const Walk walk{.length = depth, .step = panel_width(wide)};
        tile_of<left>(rows, wide)(left_tile, panel, walk, target);
        panel += walk.step * depth;
      }
    });
  });
}

/// A whole product. panels(first, depth): those of a block of the depth. fill(row, rows, first,
/// depth, to): the left operand's tile of that block.
template <Left left, typename Panels, typename Fill>
inline void multiply(const Product& product, float* left_tile, Panels panels, Fill fill) {
  for_depths(product.depth, [&](Index first, Index depth) {
    multiply_block<left>(
        product, depth, first == 0, first + depth == product.depth, panels(first, depth), left_tile,
        [&](Index row, Index rows, float* to) { fill(row, rows, first, depth, to); });
  });
}

// Rows whose results are kept as f32 before they go where they belong.
constexpr Index kKeptRows = 8 * kTileRows;

}  // namespace
}  // namespace autoglm::nn::cpu
