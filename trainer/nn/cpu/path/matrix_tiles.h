// Tiles of 32 x 32 sums by the matrix unit (Intel AMX): two by two of its tiles, each of 16 rows of
// 16 cells. Left rows and right panels of cells lie in memory as the unit reads them.
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

#if defined(__AMX_BF16__) && !defined(NN_EMULATED_MATRIX_UNIT)
/// While it lives, all eight tiles are whole ones.
class UnitInUse {
 public:
  UnitInUse() {
    struct alignas(64) {
      std::uint8_t palette = 1;
      std::uint8_t start_row = 0;
      std::uint8_t reserved[14] = {};
      std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } configuration;
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
struct UnitInUse {
  UnitInUse() {}  // not trivial, so that it is no unused variable
};
struct EmulatedTile {
  float cells[kUnitRows][kUnitCells];
};
thread_local EmulatedTile emulated_tiles[8];

inline void emulate_load(EmulatedTile& tile, const float* from, Index step) {
  for (Index i = 0; i < kUnitRows; ++i) {
    __builtin_memcpy(tile.cells[i], from + i * step, sizeof(tile.cells[i]));
  }
}
inline void emulate_store(const EmulatedTile& tile, float* to, Index step) {
  for (Index i = 0; i < kUnitRows; ++i) {
    __builtin_memcpy(to + i * step, tile.cells[i], sizeof(tile.cells[i]));
  }
}
inline void emulate_multiply(EmulatedTile& sums, const EmulatedTile& left,
                             const EmulatedTile& right) {
  const auto number = [](float cell, bool upper) {
    const std::uint32_t bits = bits_of(cell);
    return float_of(upper ? bits & 0xffff0000U : bits << 16U);
  };
  for (Index i = 0; i < kUnitRows; ++i) {
    for (Index p = 0; p < kUnitCells; ++p) {
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
#define NN_TILE_LOAD(t, from, step) emulate_load(emulated_tiles[t], from, step)
#define NN_TILE_STORE(t, to, step) emulate_store(emulated_tiles[t], to, step)
#define NN_TILE_MULTIPLY(sums, left, right) \
  emulate_multiply(emulated_tiles[sums], emulated_tiles[left], emulated_tiles[right])
#endif

constexpr Index kUnitTileRows = 2 * kUnitRows;

/// sums [kUnitTileRows, kTileColumns] = left right, of `depth` cells, a multiple of kUnitCells.
/// Rows and columns that are not there are computed as well, of whatever is in memory.
template <bool two_high, bool two_wide>
inline void multiply_by_unit(const float* a, const float* b, Index depth, Index step, float* sums) {
  NN_TILES_BEGIN();
  NN_TILE_ZERO(0);
  NN_TILE_ZERO(1);
  NN_TILE_ZERO(2);
  NN_TILE_ZERO(3);
  for (Index p = 0; p < depth; p += kUnitCells) {
    NN_TILE_LOAD(4, a + p, kRowStep);
    NN_TILE_LOAD(6, b + p * step, step);
    NN_TILE_MULTIPLY(0, 4, 6);
    if constexpr (two_wide) {
      NN_TILE_LOAD(7, b + p * step + kUnitCells, step);
      NN_TILE_MULTIPLY(1, 4, 7);
    }
    if constexpr (two_high) {
      NN_TILE_LOAD(5, a + kUnitRows * kRowStep + p, kRowStep);
      NN_TILE_MULTIPLY(2, 5, 6);
    }
    if constexpr (two_high && two_wide) {
      NN_TILE_MULTIPLY(3, 5, 7);
    }
  }
  NN_TILE_STORE(0, sums, kTileColumns);
  NN_TILE_STORE(1, sums + kUnitCells, kTileColumns);
  NN_TILE_STORE(2, sums + kUnitRows * kTileColumns, kTileColumns);
  NN_TILE_STORE(3, sums + kUnitRows * kTileColumns + kUnitCells, kTileColumns);
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
  multiply_by_unit<two_high, vectors == 2>(a, b, whole, walk.step, sums);
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
