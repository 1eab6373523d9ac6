// Views of numbers in a device's memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace autoglm::nn {

enum class DType : std::int32_t { f32, bf16, f16 };

constexpr std::size_t size_of(DType type) { return type == DType::f32 ? 4 : 2; }

/// The sizes of an array, outermost first; the last index runs fastest. Images are [batch, height,
/// width, channels].
struct Shape {
  static constexpr std::int32_t kMostRank = 4;

  std::int32_t rank = 0;
  std::array<std::int64_t, kMostRank> sizes{};

  constexpr Shape() = default;
  /// REQUIRES: at most kMostRank sizes.
  constexpr Shape(std::initializer_list<std::int64_t> list) {
    for (const std::int64_t size : list) {
      sizes[static_cast<std::size_t>(rank++)] = size;
    }
  }

  constexpr std::int64_t operator[](std::int32_t i) const {
    return sizes[static_cast<std::size_t>(i)];
  }
  /// Of all elements; 1 for rank 0.
  constexpr std::int64_t count() const {
    std::int64_t product = 1;
    for (std::int32_t i = 0; i < rank; ++i) {
      product *= (*this)[i];
    }
    return product;
  }
  /// The innermost one: features, channels. REQUIRES: rank > 0.
  constexpr std::int64_t last() const { return (*this)[rank - 1]; }
  friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

/// A contiguous array that is owned elsewhere; `data` is an address of the device and must not be
/// followed by the host unless the device is the CPU. Plain data: it crosses library boundaries.
struct Tensor {
  void* data = nullptr;
  DType type = DType::f32;
  Shape shape{};

  constexpr std::int64_t count() const { return shape.count(); }
  constexpr std::size_t bytes() const { return static_cast<std::size_t>(count()) * size_of(type); }
};

}  // namespace autoglm::nn
