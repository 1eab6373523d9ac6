// Products of matrices in blocks: packed panels of the right operand stay in the second cache while
// tiles of the left operand, copied to the first one just before, pass over them.
#pragma once

#include "trainer/nn/cpu/path/columns.h"
#include "trainer/nn/cpu/path/tiles.h"

namespace autoglm::nn::cpu {
namespace {

constexpr Index kBlockColumns = 512;  // with kMostDepth: half a megabyte of panels
static_assert(kBlockColumns % kTileColumns == 0);

/// f(first, size) for parts of n that are as equal as multiples of `unit` can be, none above
/// `most`. Divisions take as long as dozens of products, so that there is none for one part.
template <typename F>
inline void for_parts(Index n, Index most, Index unit, F f) {
  if (n <= most) {
    if (n > 0) {
      f(Index{0}, n);
    }
    return;
  }
  const Index parts = (n + most - 1) / most;
  const Index units = (n + unit - 1) / unit;
  const Index least_units = units / parts;
  const Index larger = units - least_units * parts;  // so many parts are a unit larger
  Index first = 0;
  for (Index part = 0; part < parts; ++part) {
    const Index size = least(n - first, (least_units + (part < larger ? 1 : 0)) * unit);
    f(first, size);
    first += size;
  }
}

struct Range {
  Index first = 0;
  Index count = 0;
};

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

/// A block of the depth of the right operand's panels.
struct Block {
  Index first = 0;  // number of the depth
  Index depth = 0;
  Index first_column = 0;
  Index columns = 0;
};

/// One block: its part of all rows. tile(row, rows, first, depth): where the left operand's is.
template <Left left, Cells cells, typename Tile>
inline void multiply_block(const Product& product, const Block& block, const float* panels,
                           Tile tile) {
  const bool is_last = block.first + block.depth == product.depth;
  for_parts(product.rows, kRowsOf<cells>, 1, [&](Index row, Index rows) {
    const float* const left_tile = tile(row, rows, block.first, block.depth);
    const float* panel = panels;
    for (Index j = 0; j < block.columns; j += kTileColumns) {
      const Index wide = least(kTileColumns, block.columns - j);
      const Index column = block.first_column + j;
      Target target = product.target;
      target.c += row * target.stride + column;
      target.rows = rows;
      target.columns = wide;
      target.accumulate = target.accumulate || block.first > 0;
      target.bias = is_last && target.bias != nullptr ? target.bias + column : nullptr;
      target.rectify = is_last && target.rectify;
      const Walk walk{.length = block.depth, .step = panel_width(wide)};
      tile_of<left, cells>(rows, wide)(left_tile, panel, walk, target);
      panel += walk.step * block.depth;
    }
  });
}

/// f(block) for the blocks of these numbers of the depth.
template <typename F>
inline void for_column_blocks(Range depths, Index columns, F f) {
  for_parts(columns, kBlockColumns, kTileColumns, [&](Index column, Index wide) {
    f(Block{depths.first, depths.count, column, wide});
  });
}

/// f(block) for all blocks of a right operand, in the order in which they are used.
template <typename F>
inline void for_right_blocks(Index depth, Index columns, F f) {
  for_depths(depth, [&](Index first, Index part) { for_column_blocks({first, part}, columns, f); });
}

/// A whole product. panels(block): those of the block. fill(row, rows, first, depth, to): the left
/// operand's tile.
template <Left left, Cells cells, typename Panels, typename Fill>
inline void multiply(const Product& product, float* left_tile, Panels panels, Fill fill) {
  const UnitFor<cells> unit;
  for_right_blocks(product.depth, product.columns, [&](const Block& block) {
    multiply_block<left, cells>(product, block, panels(block),
                                [&](Index row, Index rows, Index first, Index depth) {
                                  fill(row, rows, first, depth, left_tile);
                                  return left_tile;
                                });
  });
}

/// Room for the panels of one block.
inline Index block_size(Index columns, Index depth) {
  return panels_size(least(columns, kBlockColumns), least(depth, kMostDepth));
}

/// Where a block is in the panels of a whole right operand.
inline Index place_of(const Block& block, Index all_columns) {
  return block.first * panels_size(all_columns, 1) + block.first_column * block.depth;
}

// Rows whose results are kept as f32 before they go where they belong.
constexpr Index kKeptRows = 128;

}  // namespace
}  // namespace autoglm::nn::cpu
