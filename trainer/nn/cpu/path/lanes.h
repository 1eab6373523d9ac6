// The vectors of the instruction set that this file is compiled for, and the few operations on them
// that the language lacks. All in this folder has internal linkage, and no header of the standard
// library that defines functions is used, so that no code of one instruction set can be linked into
// another (tests/quality/dense_symbols.py looks at the symbols).
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "trainer/nn/cpu/kernels.h"

namespace autoglm::nn::cpu {
namespace {

#if defined(__AVX512F__)
constexpr Index kLanes = 16;
#elif defined(__AVX2__)
constexpr Index kLanes = 8;
#else
constexpr Index kLanes = 4;
#endif
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
using LaneBits = std::int32_t __attribute__((vector_size(kLanes * sizeof(float))));

inline Index least(Index a, Index b) { return a < b ? a : b; }
inline Index rounded_up(Index n, Index multiple) {
  return (n + multiple - 1) / multiple * multiple;
}
inline std::size_t bytes_of(Index floats) {
  return static_cast<std::size_t>(floats) * sizeof(float);
}

/// a b + c: rounded once where the path has fused multiplication.
inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}

inline Lanes square_root(Lanes x) {
#if defined(__AVX512F__)
  return _mm512_maskz_sqrt_ps(0xffff, x);  // the plain one: GCC bug 105593, a false warning
#elif defined(__AVX2__)
  return _mm256_sqrt_ps(x);
#else
  return Lanes{__builtin_sqrtf(x[0]), __builtin_sqrtf(x[1]), __builtin_sqrtf(x[2]),
               __builtin_sqrtf(x[3])};
#endif
}

inline Lanes load(const float* from) {
  Lanes value;
  __builtin_memcpy(&value, from, sizeof(value));
  return value;
}

inline void store(float* to, Lanes value) { __builtin_memcpy(to, &value, sizeof(value)); }

inline Lanes broadcast(float x) {
  return x - Lanes{};  // subtracting 0 changes no number, so nothing is subtracted
}

#if defined(__AVX512F__)
inline __mmask16 first_lanes(Index count) {
  return static_cast<__mmask16>((1U << static_cast<unsigned>(count)) - 1U);
}
#elif defined(__AVX2__)
inline __m256i first_lanes(Index count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
#endif

/// The first `count` lanes, others are 0; no memory beyond them is touched. count: 0 to kLanes.
inline Lanes load_first(const float* from, Index count) {
#if defined(__AVX512F__)
  return _mm512_maskz_loadu_ps(first_lanes(count), from);
#elif defined(__AVX2__)
  return _mm256_maskload_ps(from, first_lanes(count));
#else
  Lanes value{};
  __builtin_memcpy(&value, from, bytes_of(count));
  return value;
#endif
}

inline void store_first(float* to, Lanes value, Index count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, first_lanes(count), value);
#elif defined(__AVX2__)
  _mm256_maskstore_ps(to, first_lanes(count), value);
#else
  __builtin_memcpy(to, &value, bytes_of(count));
#endif
}

/// f(i, count): for all whole vectors of n numbers, count is kLanes; then once for the rest. That
/// the count is a constant in the first call is what makes loads and stores plain ones.
template <typename F>
inline void for_vectors(Index n, F f) {
  Index i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    f(
        i, [](const float* from) { return load(from); },
        [](float* to, Lanes value) { store(to, value); });
  }
  if (i < n) {
    const Index rest = n - i;
    f(
        i, [rest](const float* from) { return load_first(from, rest); },
        [rest](float* to, Lanes value) { store_first(to, value, rest); });
  }
}

/// Of all lanes, in a fixed order.
inline float sum_of(Lanes x) {
  float lanes[kLanes];
  store(lanes, x);
  for (Index half = kLanes / 2; half > 0; half /= 2) {
    for (Index i = 0; i < half; ++i) {
      lanes[i] += lanes[i + half];
    }
  }
  return lanes[0];
}

/// max(a, 0) as ReLU has it: NaN stays NaN.
inline Lanes rectified(Lanes x) { return x < 0 ? Lanes{} : x; }

}  // namespace
}  // namespace autoglm::nn::cpu
