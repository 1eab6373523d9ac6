#include "trainer/nn/data/augment.h"

#include <algorithm>

#include "search_space/random.h"

namespace autoglm::nn {

Movement draw_movement(std::uint64_t seed, std::int64_t epoch, Row row, std::int64_t shift,
                       bool may_flip) {
  constexpr std::uint32_t kPurpose = 0xffffff02;
  const auto words =
      philox4x32({row, 0, static_cast<std::uint32_t>(epoch), kPurpose},
                 {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
  // The upper half of the product is even to within 2^-32 of the range.
  const auto range = static_cast<std::uint64_t>(2 * shift + 1);
  const auto within = [range, shift](std::uint32_t word) {
    return static_cast<std::int64_t>((word * range) >> 32U) - shift;
  };
  return {.dx = within(words[0]), .dy = within(words[1]), .flip = may_flip && words[2] >> 31U == 1};
}

void move_image(const float* image, const Shape& shape, const Movement& movement, const float* fill,
                float* moved) {
  const std::int64_t height = shape[0];
  const std::int64_t width = shape[1];
  const std::int64_t channels = shape[2];
  for (std::int64_t y = 0; y < height; ++y) {
    const std::int64_t from_y = y - movement.dy;
    for (std::int64_t x = 0; x < width; ++x, moved += channels) {
      const std::int64_t before = x - movement.dx;
      const std::int64_t from_x = movement.flip ? width - 1 - before : before;
      const bool inside = from_y >= 0 && from_y < height && from_x >= 0 && from_x < width;
      const float* const from = inside ? image + (from_y * width + from_x) * channels : fill;
      std::copy(from, from + channels, moved);
    }
  }
}

}  // namespace autoglm::nn
