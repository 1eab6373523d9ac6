// What gpu/cuda uses of NVIDIA's header of this name: see cuda_runtime_api.h. By arithmetic on
// bits, rounded to nearest even, so that it is no other code than the host's own conversions.
#pragma once

#include <bit>
#include <cstdint>

struct __half {
  std::uint16_t bits;
};

inline float __half2float(__half x) {
  const std::uint32_t sign = (x.bits & 0x8000U) << 16U;
  const std::uint32_t magnitude = x.bits & 0x7FFFU;
  if (magnitude >= 0x7C00U) {  // infinity, NaN
    return std::bit_cast<float>(sign | 0x7F800000U | ((magnitude & 0x3FFU) << 13U));
  }
  // Exponents differ by 112; a product with 2^112 moves subnormal numbers too.
  const float scaled = std::bit_cast<float>(magnitude << 13U) * 0x1p112F;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(scaled));
}

inline __half __float2half_rn(float x) {
  const auto all = std::bit_cast<std::uint32_t>(x);
  const auto sign = static_cast<std::uint16_t>((all >> 16U) & 0x8000U);
  std::uint32_t magnitude = all & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) {
    return {0x7FFF};
  }
  if (magnitude >= 0x477FF000U) {  // 65520 and more round to infinity
    return {static_cast<std::uint16_t>(sign | 0x7C00U)};
  }
  if (magnitude < 0x38800000U) {  // subnormal: the sum rounds at 2^-24
    const float sum = std::bit_cast<float>(magnitude) + 0.5F;
    return {static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(sum) - 0x3F000000U))};
  }
  magnitude += 0xFFFU + ((magnitude >> 13U) & 1U);
  return {static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000U) >> 13U))};
}
