// Moves training images at random.
#pragma once

#include <cstdint>

#include "trainer/nn/data/split.h"
#include "trainer/nn/tensor.h"

namespace autoglm::nn {

/// Where one image goes in one epoch: to the right by dx, down by dy pixels, after it was mirrored
/// left to right if `flip`.
struct Movement {
  std::int64_t dx = 0;
  std::int64_t dy = 0;
  bool flip = false;
};

/// dx and dy from -shift to shift, flip for half of the images if `may_flip`. Depends on nothing
/// but the arguments: the words of Philox4x32-10 with the seed as key and the counter {row, 0,
/// epoch, 0xffffff02}, so neither the order of the rows nor the batches matter.
Movement draw_movement(std::uint64_t seed, std::int64_t epoch, Row row, std::int64_t shift,
                       bool may_flip);

/// image, moved: [h, w, c], not the same. Pixels that come from outside become `fill` [c].
void move_image(const float* image, const Shape& shape, const Movement& movement, const float* fill,
                float* moved);

}  // namespace autoglm::nn
