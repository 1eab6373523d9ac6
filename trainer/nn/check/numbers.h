// 16-bit numbers on the host, for tests.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace autoglm::nn {

inline std::uint16_t to_bf16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if (std::isnan(x)) {
    return 0x7FFF;
  }
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}
inline float from_bf16(std::uint16_t x) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(x) << 16U);
}

/// For normal numbers and 0 only: what is drawn for tests; smaller ones become 0.
inline std::uint16_t to_f16(float x) {
  int exponent = 0;
  const float fraction = std::frexp(std::fabs(x), &exponent);  // in [0.5, 1)
  if (fraction == 0 || exponent < -13) {
    return 0;
  }
  auto mantissa = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(fraction, 11)));  // >= 2^10
  const auto sign = static_cast<std::uint32_t>(std::signbit(x) ? 0x8000 : 0);
  // A mantissa of 2^11 carries into the exponent.
  const std::uint32_t bits = (static_cast<std::uint32_t>(exponent + 13) << 10U) + mantissa;
  return static_cast<std::uint16_t>(sign | bits);
}
inline float from_f16(std::uint16_t x) {
  const int exponent = (x >> 10U) & 0x1F;
  const auto mantissa = static_cast<float>(x & 0x3FFU);
  float value = 0;
  if (exponent == 0x1F) {
    value = mantissa == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else {
    value = std::ldexp(mantissa + 1024, exponent - 25);
  }
  return (x & 0x8000U) != 0 ? -value : value;
}

}  // namespace autoglm::nn
