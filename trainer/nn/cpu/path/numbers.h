// Reading and writing working types: computing is done on f32, by pieces that stay in the first
// cache. IEEE 754 binary16, and bfloat16 (the upper half of a binary32); rounding is to nearest,
// ties to even, NaN stays NaN (quiet).
#pragma once

#include "trainer/nn/cpu/path/lanes.h"

namespace autoglm::nn::cpu {
namespace {

using Half = std::uint16_t;

inline std::uint32_t bits_of(float x) { return __builtin_bit_cast(std::uint32_t, x); }
inline float float_of(std::uint32_t bits) { return __builtin_bit_cast(float, bits); }

inline float widened_bf16(Half x) { return float_of(static_cast<std::uint32_t>(x) << 16U); }

inline Half narrowed_bf16(float x) {
  const std::uint32_t bits = bits_of(x);
  const std::uint32_t rounded = bits + 0x7fffU + ((bits >> 16U) & 1U);
  const std::uint32_t quiet = bits | 0x400000U;
  const bool is_nan = (bits & 0x7fffffffU) > 0x7f800000U;
  return static_cast<Half>((is_nan ? quiet : rounded) >> 16U);
}

#if !defined(__F16C__)
inline float widened_f16(Half x) {
  const std::uint32_t sign = static_cast<std::uint32_t>(x & 0x8000U) << 16U;
  const std::uint32_t rest = x & 0x7fffU;
  if (rest < 0x400U) {  // subnormal: a multiple of 2^-24
    return float_of(bits_of(static_cast<float>(rest) * 0x1p-24F) | sign);
  }
  if (rest >= 0x7c00U) {
    const std::uint32_t quiet = rest > 0x7c00U ? 0x400000U : 0U;
    return float_of(sign | 0x7f800000U | quiet | (rest << 13U));
  }
  return float_of(sign | ((rest << 13U) + (112U << 23U)));
}

inline Half narrowed_f16(float x) {
  const std::uint32_t bits = bits_of(x);
  const std::uint32_t sign = (bits >> 16U) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  std::uint32_t result = 0;
  if (magnitude > 0x7f800000U) {
    result = 0x7e00U | ((magnitude >> 13U) & 0x3ffU);
  } else if (magnitude >= 0x477ff000U) {  // 65520 and above round to infinity
    result = 0x7c00U;
  } else if (magnitude < 0x38800000U) {
    // Adding 0.5 leaves the multiple of 2^-24, rounded by the addition, in the lowest bits.
    result = bits_of(float_of(magnitude) + 0.5F) - bits_of(0.5F);
  } else {
    result = (magnitude - (112U << 23U) + 0xfffU + ((magnitude >> 13U) & 1U)) >> 13U;
  }
  return static_cast<Half>(sign | result);
}
#endif

inline void widen_bf16(const Half* from, Index n, float* to) {
  for (Index i = 0; i < n; ++i) {
    to[i] = widened_bf16(from[i]);
  }
}

inline void narrow_bf16(const float* from, Index n, Half* to) {
  for (Index i = 0; i < n; ++i) {
    to[i] = narrowed_bf16(from[i]);
  }
}

#if defined(__F16C__)
// Eight at a time is what F16C does; it is not worth more code.
constexpr Index kHalves = 8;

inline void widen_f16(const Half* from, Index n, float* to) {
  Index i = 0;
  for (; i + kHalves <= n; i += kHalves) {
    _mm256_storeu_ps(to + i,
                     _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
  }
  for (; i < n; ++i) {
    to[i] = _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(from[i])));
  }
}

inline void narrow_f16(const float* from, Index n, Half* to) {
  Index i = 0;
  for (; i + kHalves <= n; i += kHalves) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT));
  }
  for (; i < n; ++i) {
    const __m128i narrowed = _mm_cvtps_ph(_mm_set_ss(from[i]), _MM_FROUND_TO_NEAREST_INT);
    to[i] = static_cast<Half>(_mm_cvtsi128_si32(narrowed));
  }
}
#else
inline void widen_f16(const Half* from, Index n, float* to) {
  for (Index i = 0; i < n; ++i) {
    to[i] = widened_f16(from[i]);
  }
}

inline void narrow_f16(const float* from, Index n, Half* to) {
  for (Index i = 0; i < n; ++i) {
    to[i] = narrowed_f16(from[i]);
  }
}
#endif

/// The array from element i on.
inline Numbers from(Numbers array, Index i) {
  const auto bytes = static_cast<std::ptrdiff_t>(size_of(array.type)) * i;
  return {static_cast<char*>(array.data) + bytes, array.type};
}

/// Elements i, …, i + n - 1 of an array.
inline void widen(Numbers from, Index i, Index n, float* to) {
  switch (from.type) {
    case DType::f32:
      __builtin_memcpy(to, static_cast<const float*>(from.data) + i, bytes_of(n));
      break;
    case DType::bf16:
      widen_bf16(static_cast<const Half*>(from.data) + i, n, to);
      break;
    case DType::f16:
      widen_f16(static_cast<const Half*>(from.data) + i, n, to);
      break;
  }
}

inline void narrow(const float* from, Index n, Numbers to, Index i) {
  switch (to.type) {
    case DType::f32:
      __builtin_memcpy(static_cast<float*>(to.data) + i, from, bytes_of(n));
      break;
    case DType::bf16:
      narrow_bf16(from, n, static_cast<Half*>(to.data) + i);
      break;
    case DType::f16:
      narrow_f16(from, n, static_cast<Half*>(to.data) + i);
      break;
  }
}

/// The same elements as f32: where they are, or in `buffer` of n numbers.
inline const float* read(Numbers from, Index i, Index n, float* buffer) {
  if (from.type == DType::f32) {
    return static_cast<const float*>(from.data) + i;
  }
  widen(from, i, n, buffer);
  return buffer;
}

/// Where to write elements from i on as f32, `written` is to follow.
inline float* place(Numbers to, Index i, float* buffer) {
  return to.type == DType::f32 ? static_cast<float*>(to.data) + i : buffer;
}

inline void written(const float* buffer, Index n, Numbers to, Index i) {
  if (to.type != DType::f32) {
    narrow(buffer, n, to, i);
  }
}

constexpr Index kPiece = 1024;  // elements that are converted at a time

}  // namespace
}  // namespace autoglm::nn::cpu
