// Bringing operands into the order in which tiles read them, as f32.
#pragma once

#include "trainer/nn/cpu/path/numbers.h"
#include "trainer/nn/cpu/path/tile.h"

namespace autoglm::nn::cpu {
namespace {

/// Numbers at, …, at + count - 1 of an array, others are 0. count: 0 to kLanes.
inline Lanes load_numbers(Numbers from, Index at, Index count) {
  if (from.type == DType::f32) {
    const float* const numbers = static_cast<const float*>(from.data) + at;
    return count == kLanes ? load(numbers) : load_first(numbers, count);
  }
#if defined(__AVX512F__)
  const __m256i halves =
      _mm256_maskz_loadu_epi16(first_lanes(count), static_cast<const Half*>(from.data) + at);
  if (from.type == DType::f16) {
    return _mm512_maskz_cvtph_ps(0xffff, halves);
  }
  // With a mask: GCC bug 105593, false warnings about the plain ones.
  const __m512i wide = _mm512_maskz_cvtepu16_epi32(0xffff, halves);
  return _mm512_castsi512_ps(_mm512_maskz_slli_epi32(0xffff, wide, 16));
#else
  float buffer[kLanes] = {};
  widen(from, at, count, buffer);
  return load(buffer);
#endif
}

/// Copies a run of numbers, none beyond it is touched.
inline void copy_run(Numbers from, Index at, Index count, float* to) {
  Index i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    store(to + i, load_numbers(from, at + i, kLanes));
  }
  if (i < count) {
    store_first(to + i, load_numbers(from, at + i, count - i), count - i);
  }
}

/// The numbers of a and b by turns: the lower half of both, then the upper.
inline void interleave(Lanes a, Lanes b, Lanes* low, Lanes* high) {
#if defined(__AVX512F__)
  *low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  *high =
      __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif defined(__AVX2__)
  *low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  *high = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
  *low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  *high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

/// A square of kLanes vectors; each round of interleaving moves one bit of the column number into
/// the row number.
inline void transpose(Lanes (&square)[kLanes]) {
#pragma GCC unroll 4
  for (Index round = 1; round < kLanes; round *= 2) {
    Lanes next[kLanes];
#pragma GCC unroll 8
    for (Index i = 0; i < kLanes / 2; ++i) {
      interleave(square[i], square[i + kLanes / 2], &next[2 * i], &next[2 * i + 1]);
    }
#pragma GCC unroll 16
    for (Index i = 0; i < kLanes; ++i) {
      square[i] = next[i];
    }
  }
}

/// to[j * to_stride + i] = from[i * from_stride + j], i < rows, j < columns. Rows up to the
/// next multiple of kLanes are written, as 0: `to` has room for them.
inline void transpose(Numbers from, Index from_stride, Rows shape, float* to, Index to_stride) {
  const auto [rows, columns] = shape;
  for (Index i = 0; i < rows; i += kLanes) {
    const Index high = least(kLanes, rows - i);
    for (Index j = 0; j < columns; j += kLanes) {
      const Index wide = least(kLanes, columns - j);
      Lanes square[kLanes];
      for (Index r = 0; r < kLanes; ++r) {
        square[r] = r < high ? load_numbers(from, (i + r) * from_stride + j, wide) : Lanes{};
      }
      transpose(square);
      for (Index c = 0; c < wide; ++c) {
        store(to + (j + c) * to_stride + i, square[c]);
      }
    }
  }
}

/// Panels of the right operand: kTileColumns columns each (the last one: kLanes if that is enough),
/// a vector of columns for each number of the depth. Columns that are not there are 0.
inline Index panel_width(Index columns) { return columns <= kLanes ? kLanes : kTileColumns; }
inline Index panel_count(Index columns) { return (columns + kTileColumns - 1) / kTileColumns; }
inline Index panels_size(Index columns, Index depth) {
  return (panel_count(columns) - 1) * kTileColumns * depth +
         panel_width(columns - (panel_count(columns) - 1) * kTileColumns) * depth;
}

/// Of a right operand whose columns are rows in memory: element (p, j) at numbers[j * stride + p].
inline void pack_transposed(Numbers numbers, Index stride, Index depth, Index columns, float* to) {
  for (Index j = 0; j < columns; j += kTileColumns) {
    const Index wide = least(kTileColumns, columns - j);
    transpose(from(numbers, j * stride), stride, {wide, depth}, to, panel_width(wide));
    to += panel_width(wide) * depth;
  }
}

/// One row p of the depth, of a right operand whose rows are rows in memory.
inline void pack_row(Numbers from, Index at, Index p, Index depth, Index columns, float* to) {
  for (Index j = 0; j < columns; j += kTileColumns) {
    const Index wide = least(kTileColumns, columns - j);
    const Index width = panel_width(wide);
    for (Index v = 0; v < width; v += kLanes) {
      const Index present = wide - v < 0 ? 0 : least(kLanes, wide - v);
      store(to + p * width + v, load_numbers(from, at + j + v, present));
    }
    to += width * depth;
  }
}

/// A tile's part of a left operand whose columns are rows in memory: element (i, p) at
/// from[at + p * stride + i].
inline void fill_columns(Numbers from, Index at, Index stride, Index rows, Index depth, float* to) {
  for (Index p = 0; p < depth; ++p) {
    store(to + p * kColumnStep, load_numbers(from, at + p * stride, rows));
  }
}

/// And of one whose rows are rows in memory: element (i, p) at from[at + i * stride + p].
inline void fill_rows(Numbers from, Index at, Index stride, Index rows, Index depth, float* to) {
  for (Index i = 0; i < rows; ++i) {
    copy_run(from, at + i * stride, depth, to + i * kRowStep);
  }
}

}  // namespace
}  // namespace autoglm::nn::cpu
