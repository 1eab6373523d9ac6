// Numbers of the emulated device as the libraries see them.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace autoglm::emulation {

enum class Number { f32, f16, bf16 };

constexpr std::size_t size_of(Number type) { return type == Number::f32 ? 4 : 2; }

inline float load(Number type, const char* array, std::int64_t index) {
  const char* at = array + index * static_cast<std::int64_t>(size_of(type));
  if (type == Number::f32) {
    float value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  std::uint16_t bits = 0;
  std::memcpy(&bits, at, sizeof bits);
  return type == Number::f16 ? __half2float({bits}) : __bfloat162float({bits});
}

/// Rounded to nearest even.
inline float rounded(Number type, float value) {
  return type == Number::f32   ? value
         : type == Number::f16 ? __half2float(__float2half_rn(value))
                               : __bfloat162float(__float2bfloat16_rn(value));
}

inline void store(Number type, char* array, std::int64_t index, float value) {
  char* at = array + index * static_cast<std::int64_t>(size_of(type));
  if (type == Number::f32) {
    std::memcpy(at, &value, sizeof value);
    return;
  }
  const std::uint16_t bits =
      type == Number::f16 ? __float2half_rn(value).bits : __float2bfloat16_rn(value).bits;
  std::memcpy(at, &bits, sizeof bits);
}

/// A factor as tensor cores take f32: 10 bits of mantissa.
inline float as_tf32(float value) {
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(value) + 0x1000U) & 0xFFFFE000U);
}

}  // namespace autoglm::emulation
