// Elementary functions of vectors, to a few units in the last place of f32. NaN gives NaN.
#pragma once

#include "trainer/nn/cpu/path/lanes.h"

namespace autoglm::nn::cpu {
namespace {

inline Lanes magnitude(Lanes x) { return (Lanes)((LaneBits)x & 0x7fffffff); }
inline Lanes with_sign_of(Lanes positive, Lanes x) {
  return (Lanes)((LaneBits)positive | ((LaneBits)x & static_cast<std::int32_t>(0x80000000U)));
}

template <std::size_t count>
inline Lanes polynomial(const float (&coefficients)[count], Lanes x) {  // the highest power first
  Lanes sum = broadcast(coefficients[0]);
  for (std::size_t k = 1; k < count; ++k) {
    sum = multiply_add(sum, x, broadcast(coefficients[k]));
  }
  return sum;
}

/// exp(x) = 2^n exp(r), r = x - n log 2 in [-0.35, 0.35], by the power series. Two factors for 2^n,
/// so that results may be infinite or subnormal.
inline Lanes exponential(Lanes x) {
  constexpr float kInverseFactorials[] = {1.0F / 5040, 1.0F / 720, 1.0F / 120, 1.0F / 24,
                                          1.0F / 6,    1.0F / 2,   1.0F,       1.0F};
  constexpr float kLog2E = 0x1.715476p0F;
  constexpr float kLog2Upper = 0x1.62e4p-1F;  // n times this is exact
  constexpr float kLog2Lower = 0x1.7f7d1cp-20F;
  constexpr float kRounder = 0x1.8p23F;  // added, it leaves the integer in the lowest bits
  const Lanes least = broadcast(-104);
  const Lanes most = broadcast(89);
  const Lanes above = x < least ? least : x;
  const Lanes limited = above > most ? most : above;
  const Lanes shifted = multiply_add(limited, broadcast(kLog2E), broadcast(kRounder));
  const Lanes n = shifted - kRounder;
  const Lanes r =
      multiply_add(n, broadcast(-kLog2Lower), multiply_add(n, broadcast(-kLog2Upper), limited));
  const LaneBits power = (LaneBits)shifted - __builtin_bit_cast(std::int32_t, kRounder);
  const LaneBits half = power >> 1;
  const Lanes first = (Lanes)((half + 127) << 23);
  const Lanes second = (Lanes)((power - half + 127) << 23);
  return polynomial(kInverseFactorials, r) * first * second;
}

/// By the exponential; near 0, where that loses digits, by a polynomial in x^2 (that of Cephes,
/// Moshier 1989, tanhf).
inline Lanes hyperbolic_tangent(Lanes x) {
  constexpr float kNear[] = {-5.70498872745e-3F, 2.06390887954e-2F, -5.37397155531e-2F,
                             1.33314422036e-1F, -3.33332819422e-1F};
  const Lanes size = magnitude(x);
  const Lanes squared = x * x;
  const Lanes near = multiply_add(polynomial(kNear, squared) * squared, x, x);
  const Lanes far = 1 - 2 / (exponential(size + size) + 1);
  return size < 0.625F ? near : with_sign_of(far, x);
}

/// 1 / (1 + exp(-x)).
inline Lanes logistic(Lanes x) { return 1 / (1 + exponential(-x)); }

/// The distribution function of the standard normal, erfc(-x / sqrt(2)) / 2, to 4e-6 of its value
/// while that is above 1e-16. erfc(z) exp(z^2) / t is smooth in t = 2 / (2 + z), z >= 0 (the
/// variable of Press et al., "Numerical Recipes", 6.2); the polynomial in t - 1/2 is a
/// least-squares fit of degree 9 at the Chebyshev points of [1/6.5, 1], weighted by the value.
inline Lanes normal_distribution(Lanes x) {
  constexpr float kScaled[] = {0.010664166F, -0.066369787F, 0.046392921F, 0.097106434F,
                               -0.10291161F, -0.17200623F,  0.14574026F,  0.55894274F,
                               0.68716097F,  0.51079136F};
  constexpr float kInverseRoot2 = 0x1.6a09e6p-1F;
  const Lanes size = magnitude(x) * kInverseRoot2;
  const Lanes z = size > 14 ? broadcast(14) : size;  // the tail is 0 there
  const Lanes t = 2 / (2 + z);
  const Lanes tail = t * polynomial(kScaled, t - 0.5F) * exponential(-(z * z)) * 0.5F;
  const Lanes result = x > 0 ? 1 - tail : tail;
  return result;
}

/// The density of the standard normal.
inline Lanes normal_density(Lanes x) {
  constexpr float kInverseRoot2Pi = 0x1.988454p-2F;
  return exponential(x * x * -0.5F) * kInverseRoot2Pi;
}

}  // namespace
}  // namespace autoglm::nn::cpu
