// Tiles of 32 x 32 sums by the matrix unit (Intel AMX): two by two of its tiles, each of up to 16
// rows of 16 cells. Left rows and right panels of cells lie in memory as the unit reads them.
#pragma once

#include "trainer/nn/cpu/path/pairs.h"

namespace autoglm::nn::cpu {
namespace {

#if defined(__AMX_BF16__) || defined(NN_EMULATED_MATRIX_UNIT)
constexpr bool kHasMatrixUnit = true;
#else
constexpr bool kHasMatrixUnit = false;
#endif

constexpr Index kUnitRows = 16;
constexpr Index kUnitCells = 16;
static_assert(!kHasMatrixUnit || kLanes == kUnitCells);

/// Sums are `rows` x kUnitCells of products `depth` cells deep.
struct UnitShape {
  Index rows = kUnitRows;
  Index depth = kUnitCells;
};

#if defined(__AMX_BF16__) && !defined(NN_EMULATED_MATRIX_UNIT)
/// While it lives, tiles 0 to 3 are sums, 4 and 5 left operands, 6 and 7 right ones.
class UnitInUse {
 public:
  explicit UnitInUse(UnitShape shape = {}) {
    struct alignas(64) {
      std::uint8_t palette = 1;
      std::uint8_t start_row = 0;
      std::uint8_t reserved[14] = {};
      std::uint16_t row_bytes[16] = {64, 64, 64, 64, 0, 0, 64, 64};
      std::uint8_t rows[16] = {};
    } configuration;
    for (int tile = 0; tile < 8; ++tile) {
      configuration.rows[tile] = static_cast<std::uint8_t>(tile < 6 ? shape.rows : shape.depth);
    }
    configuration.row_bytes[4] = static_cast<std::uint16_t>(bytes_of(shape.depth));
    configuration.row_bytes[5] = configuration.row_bytes[4];
    // GCC 12's intrinsic says that it reads 8 bytes of the 64, so the others might not be written.
    __asm__ volatile("" : : "m"(configuration));
    _tile_loadconfig(&configuration);
  }
  ~UnitInUse() { _tile_release(); }
  UnitInUse(const UnitInUse&) = delete;
  UnitInUse& operator=(const UnitInUse&) = delete;
};
// Nor does GCC 12's tile load say that it reads memory: what was packed must be there before.
#define NN_TILES_BEGIN() __asm__ volatile("" : : : "memory")
#define NN_TILE_ZERO(t) _tile_zero(t)
#define NN_TILE_LOAD(t, from, step) \
  _tile_loadd(t, from, static_cast<std::size_t>(step) * sizeof(float))
#define NN_TILE_STORE(t, to, step) \
  _tile_stored(t, to, static_cast<std::size_t>(step) * sizeof(float))
#define NN_TILE_MULTIPLY(sums, left, right) _tile_dpbf16ps(sums, left, right)
#else
thread_local UnitShape emulated_shape;
struct UnitInUse {
  explicit UnitInUse(UnitShape shape = {}) { emulated_shape = shape; }
};
struct EmulatedTile {
  float cells[kUnitRows][kUnitCells];
};
thread_local EmulatedTile emulated_tiles[8];

inline void emulate_load(int tile, const float* from, Index step) {
  const Index rows = tile < 6 ? emulated_shape.rows : emulated_shape.depth;
  const Index cells = tile < 6 ? emulated_shape.depth : kUnitCells;
  for (Index i = 0; i < rows; ++i) {
    __builtin_memcpy(emulated_tiles[tile].cells[i], from + i * step, bytes_of(cells));
  }
}
inline void emulate_store(int tile, float* to, Index step) {
  for (Index i = 0; i < emulated_shape.rows; ++i) {
    __builtin_memcpy(to + i * step, emulated_tiles[tile].cells[i], bytes_of(kUnitCells));
  }
}
inline void emulate_multiply(EmulatedTile& sums, const EmulatedTile& left,
                             const EmulatedTile& right) {
  const auto number = [](float cell, bool upper) {
    const std::uint32_t bits = bits_of(cell);
    return float_of(upper ? bits & 0xffff0000U : bits << 16U);
  };
  for (Index i = 0; i < emulated_shape.rows; ++i) {
    for (Index p = 0; p < emulated_shape.depth; ++p) {
      for (Index j = 0; j < kUnitCells; ++j) {
        for (const bool upper : {false, true}) {
          sums.cells[i][j] += number(left.cells[i][p], upper) * number(right.cells[p][j], upper);
        }
      }
    }
  }
}
#define NN_TILES_BEGIN() (void)0
#define NN_TILE_ZERO(t) \
  emulated_tiles[t] = EmulatedTile {}
#define NN_TILE_LOAD(t, from, step) emulate_load(t, from, step)
#define NN_TILE_STORE(t, to, step) emulate_store(t, to, step)
#define NN_TILE_MULTIPLY(sums, left, right) \
  emulate_multiply(emulated_tiles[sums], emulated_tiles[left], emulated_tiles[right])
#endif

constexpr Index kUnitTileRows = 2 * kUnitRows;

/// Tiles of an operand: rows are row_step cells apart, and what follows along the depth chunk_step,
/// after a line of chunks line_step from that line's begin. The last chunk of a
/// line of a left operand begins `overlap` cells before its place.
struct UnitOperand {
  const float* first = nullptr;
  const float* second = nullptr;  // the rows below of a left operand, the columns beside of a right
  Index row_step = 0;
  Index chunk_step = 0;
  Index line_step = 0;
  Index overlap = 0;
};

/// As many times the depth of a tile.
struct UnitDepth {
  Index lines = 1;
  Index chunks = 0;
};

/// sums [kUnitTileRows, kTileColumns] = left right; rows of the second tile begin with kUnitRows.
template <bool two_high, bool two_wide>
inline void multiply_by_unit(UnitOperand a, UnitOperand b, UnitDepth depth, float* sums) {
  NN_TILES_BEGIN();
  NN_TILE_ZERO(0);
  NN_TILE_ZERO(1);
  NN_TILE_ZERO(2);
  NN_TILE_ZERO(3);
  for (Index line = 0; line < depth.lines; ++line) {
    for (Index chunk = 0; chunk < depth.chunks; ++chunk) {
      const Index overlap = chunk + 1 == depth.chunks ? a.overlap : 0;
      const Index left = line * a.line_step + chunk * a.chunk_step - overlap;
      const Index right = line * b.line_step + chunk * b.chunk_step;
      NN_TILE_LOAD(4, a.first + left, a.row_step);
      NN_TILE_LOAD(6, b.first + right, b.row_step);
      NN_TILE_MULTIPLY(0, 4, 6);
      if constexpr (two_wide) {
        NN_TILE_LOAD(7, b.second + right, b.row_step);
        NN_TILE_MULTIPLY(1, 4, 7);
      }
      if constexpr (two_high) {
        NN_TILE_LOAD(5, a.second + left, a.row_step);
        NN_TILE_MULTIPLY(2, 5, 6);
      }
      if constexpr (two_high && two_wide) {
        NN_TILE_MULTIPLY(3, 5, 7);
      }
    }
  }
  NN_TILE_STORE(0, sums, kTileColumns);
  if constexpr (two_wide) {
    NN_TILE_STORE(1, sums + kUnitCells, kTileColumns);
  }
  if constexpr (two_high) {
    NN_TILE_STORE(2, sums + kUnitRows * kTileColumns, kTileColumns);
  }
  if constexpr (two_high && two_wide) {
    NN_TILE_STORE(3, sums + kUnitRows * kTileColumns + kUnitCells, kTileColumns);
  }
}

inline void multiply_by_unit(const UnitOperand& a, const UnitOperand& b, UnitDepth depth,
                             bool two_high, bool two_wide, float* sums) {
  if (two_high) {
    two_wide ? multiply_by_unit<true, true>(a, b, depth, sums)
             : multiply_by_unit<true, false>(a, b, depth, sums);
  } else {
    two_wide ? multiply_by_unit<false, true>(a, b, depth, sums)
             : multiply_by_unit<false, false>(a, b, depth, sums);
  }
}

#undef NN_TILES_BEGIN
#undef NN_TILE_ZERO
#undef NN_TILE_LOAD
#undef NN_TILE_STORE
#undef NN_TILE_MULTIPLY

template <bool two_high, Index vectors>
void multiply_unit_tile(const float* a, const float* b, const Walk& walk, const Target& target) {
  alignas(64) float sums[kUnitTileRows * kTileColumns];
  const Index whole = walk.length / kUnitCells * kUnitCells;
  multiply_by_unit<two_high, vectors == 2>({a, a + kUnitRows * kRowStep, kRowStep, kUnitCells},
                                           {b, b + kUnitCells, walk.step, kUnitCells * walk.step},
                                           {1, whole / kUnitCells}, sums);
  for (Index i = 0; i < target.rows; ++i) {
    Sums<1, vectors> row;
    for_tile<1, vectors>(
        [&](Index, Index v) { row[0][v] = load(sums + i * kTileColumns + v * kLanes); });
    for (Index p = whole; p < walk.length; ++p) {
      const Lanes cell = broadcast_cell(a + i * kRowStep + p);
      for_tile<1, vectors>([&](Index, Index v) {
        row[0][v] = add_pair_products(cell, load(b + p * walk.step + v * kLanes), row[0][v]);
      });
    }
    Target line = target;
    line.c += i * target.stride;
    end_tile<1, vectors>(line, row);
  }
}

}  // namespace
}  // namespace autoglm::nn::cpu
