// Products of bf16 numbers by the processor: a cell of 32 bits holds two numbers that follow each
// other in the depth, and a step multiplies both and adds them to an f32 sum (Intel's VDPBF16PS and
// TDPBF16PS). Cells are moved about like f32 numbers, so that blocks, panels and tiles are those of
// f32 with half the depth. NN_EMULATED_PAIRS does by plain instructions what these do: for tests on
// processors without them.
#pragma once

#include "trainer/nn/cpu/path/packing.h"

namespace autoglm::nn::cpu {
namespace {

#if defined(__AVX512BF16__) || defined(NN_EMULATED_PAIRS)
constexpr bool kHasPairs = true;

/// sum + both products of cells.
inline Lanes add_pair_products(Lanes a, Lanes b, Lanes sum) {
#if defined(NN_EMULATED_PAIRS)
  constexpr auto kUpper = static_cast<std::int32_t>(0xffff0000U);
  const Lanes first = multiply_add((Lanes)((LaneBits)a << 16), (Lanes)((LaneBits)b << 16), sum);
  return multiply_add((Lanes)((LaneBits)a & kUpper), (Lanes)((LaneBits)b & kUpper), first);
#else
  return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b);
#endif
}

/// Pairs of the numbers of two rows: number j of both is cell j. count: 0 to kLanes.
inline Lanes pairs_of(const Half* first, const Half* second, Index count) {
  const __m256i low = _mm256_maskz_loadu_epi16(first_lanes(count), first);
  const __m256i high = second == nullptr ? _mm256_setzero_si256()
                                         : _mm256_maskz_loadu_epi16(first_lanes(count), second);
  const __m512i wide_low = _mm512_maskz_cvtepu16_epi32(0xffff, low);
  const __m512i wide_high =
      _mm512_maskz_slli_epi32(0xffff, _mm512_maskz_cvtepu16_epi32(0xffff, high), 16);
  return _mm512_castsi512_ps(_mm512_or_si512(wide_low, wide_high));
}

/// The first `count` lanes, narrowed as narrow_bf16 does.
inline void store_bf16(Half* to, Lanes x, Index count) {
  const LaneBits bits = (LaneBits)x;
  const LaneBits rounded = bits + 0x7fff + ((bits >> 16) & 1);
  const LaneBits narrowed = (x == x ? rounded : bits | 0x400000) >> 16;
  const __m256i halves = _mm512_maskz_cvtepi32_epi16(0xffff, (__m512i)narrowed);
  _mm256_mask_storeu_epi16(to, first_lanes(count), halves);
}
#else
constexpr bool kHasPairs = false;
inline Lanes add_pair_products(Lanes, Lanes, Lanes sum) { return sum; }
inline Lanes pairs_of(const Half*, const Half*, Index) { return Lanes{}; }
inline void store_bf16(Half*, Lanes, Index) {}
#endif

inline bool uses_pairs(DType type, Index depth) {
  return kHasPairs && type == DType::bf16 && depth % 2 == 0;
}

/// An array of bf16 numbers as cells.
inline Numbers cells(Numbers bf16) { return {bf16.data, DType::f32}; }

/// Row p of panels of cells, of two rows of numbers.
inline void pack_pair_row(const Half* first, const Half* second, Index p, Index depth,
                          Index columns, float* to) {
  for (Index j = 0; j < columns; j += kTileColumns) {
    const Index wide = least(kTileColumns, columns - j);
    const Index width = panel_width(wide);
    for (Index v = 0; v < width; v += kLanes) {
      const Index present = wide - v < 0 ? 0 : least(kLanes, wide - v);
      const Half* const other = second == nullptr ? nullptr : second + j + v;
      store(to + p * width + v, pairs_of(first + j + v, other, present));
    }
    to += width * depth;
  }
}

/// Rows of cells, to_step apart, where numbers of the depth are rows in memory: cell (i, p) holds
/// from[2 p stride + i] and the same a stride further. Rows of memory from `end` on are 0.
inline void fill_pairs_turned(const Half* from, Index stride, Index end, Rows cells, float* to,
                              Index to_step) {
  const auto [rows, depth] = cells;
  for (Index i = 0; i < rows; i += kLanes) {
    const Index high = least(kLanes, rows - i);
    for (Index p = 0; p < depth; p += kLanes) {
      const Index deep = least(kLanes, depth - p);
      Lanes square[kLanes];
      for (Index r = 0; r < kLanes; ++r) {
        const Index row = 2 * (p + r);
        const Half* const at = from + row * stride + i;
        square[r] = r < deep ? pairs_of(at, row + 1 < end ? at + stride : nullptr, high) : Lanes{};
      }
      transpose(square);
      for (Index r = 0; r < high; ++r) {
        store_first(to + (i + r) * to_step + p, square[r], deep);
      }
    }
  }
}

}  // namespace
}  // namespace autoglm::nn::cpu
