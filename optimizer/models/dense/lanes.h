// The vectors of the instruction set that this file is compiled for, and the few operations on them
// that the language lacks. Included by path.cpp alone: all has internal linkage, so that no code of
// one path can be linked into another.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "optimizer/models/dense/operations.h"

namespace autoglm::dense {
namespace {

#if defined(__AVX512F__)
constexpr Index kLanes = 8;
#elif defined(__AVX2__)
constexpr Index kLanes = 4;
#else
constexpr Index kLanes = 2;
#endif
using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));
using LaneBits = long long __attribute__((vector_size(kLanes * sizeof(double))));

/// a b + c: rounded once where the path has fused multiplication, on vectors and numbers alike.
inline double multiply_add(double a, double b, double c) {
#if defined(__FMA__)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_pd(a, b, c);
#else
  return a * b + c;
#endif
}

inline Lanes square_root(Lanes x) {
#if defined(__AVX512F__)
  return _mm512_maskz_sqrt_pd(0xff, x);  // the plain one: GCC bug 105593, a false warning
#elif defined(__AVX2__)
  return _mm256_sqrt_pd(x);
#else
  return Lanes{__builtin_sqrt(x[0]), __builtin_sqrt(x[1])};
#endif
}

/// T is Lanes, or double for the rows that fill no vector.
template <typename T>
constexpr Index kWidth = sizeof(T) / sizeof(double);

template <typename T>
inline T load(const double* from) {
  T value;
  __builtin_memcpy(&value, from, sizeof(T));
  return value;
}

template <typename T>
inline void store(double* to, T value) {
  __builtin_memcpy(to, &value, sizeof(T));
}

template <typename T>
inline T broadcast(double x) {
  return x - T{};  // subtracting 0 changes no number, so nothing is subtracted
}

/// exp(x), to 2 units in the last place; 0 below -708, where results begin to lose digits.
/// REQUIRES: x <= 0. exp(x) = 2^n exp(r), r = x - n log 2 in [-0.35, 0.35], by the power series.
inline Lanes exponential(Lanes x) {
  constexpr double kLeast = -708;
  constexpr double kLog2Upper = 0x1.62e42feep-1;  // n times this is exact
  constexpr double kLog2Lower = 0x1.a39ef35793c76p-33;
  constexpr double kLog2E = 0x1.71547652b82fep0;
  constexpr double kRounder = 0x1.8p52;  // added, it leaves the integer in the lowest bits
  constexpr double kInverseFactorials[] = {1.0 / 6227020800,
                                           1.0 / 479001600,
                                           1.0 / 39916800,
                                           1.0 / 3628800,
                                           1.0 / 362880,
                                           1.0 / 40320,
                                           1.0 / 5040,
                                           1.0 / 720,
                                           1.0 / 120,
                                           1.0 / 24,
                                           1.0 / 6,
                                           1.0 / 2,
                                           1.0,
                                           1.0};
  const LaneBits in_range = x >= broadcast<Lanes>(kLeast);
  const Lanes shifted = multiply_add(x, broadcast<Lanes>(kLog2E), broadcast<Lanes>(kRounder));
  const Lanes n = shifted - kRounder;
  const Lanes r = multiply_add(n, broadcast<Lanes>(-kLog2Lower),
                               multiply_add(n, broadcast<Lanes>(-kLog2Upper), x));
  Lanes sum = broadcast<Lanes>(kInverseFactorials[0]);
  for (int k = 1; k < 14; ++k) {
    sum = multiply_add(sum, r, broadcast<Lanes>(kInverseFactorials[k]));
  }
  const LaneBits scaled = (LaneBits)sum + ((LaneBits)shifted << 52);
  return (Lanes)(scaled & in_range);
}

}  // namespace
}  // namespace autoglm::dense
