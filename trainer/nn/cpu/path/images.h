// Convolutions as products whose left operand is never built: images are copied with their padding
// (and as f32), so that what lies under a row of the kernel is one run of numbers, and tiles read
// runs from there (compare Dukhan, "The indirect convolution algorithm", arXiv:1907.02129).
#pragma once

#include "trainer/nn/cpu/path/gemm.h"

namespace autoglm::nn::cpu {
namespace {

/// Images [height, width, channels] in the midst of zeros.
struct Padded {
  Index height = 0;
  Index width = 0;
  Index channels = 0;
  Index top = 0;
  Index bottom = 0;
  Index left = 0;
  Index right = 0;

  Index pitch() const { return left + width + right; }
  Index line() const { return pitch() * channels; }
  Index image() const { return (top + height + bottom) * line(); }
  /// Room for images, and for a vector that begins in the last number.
  Index room(Index images) const { return images * image() + kTileColumns; }
};

/// The borders; they stay when other images follow.
inline void clear_padding(const Padded& p, Index images, float* to) {
  __builtin_memset(to, 0, bytes_of(p.room(images)));
}

/// copy(at, to) for the rows of images: where they are among all images, and where among padded
/// ones.
template <typename Copy>
inline void for_rows(const Padded& p, Index first_image, Index images, Copy copy) {
  for (Index image = 0; image < images; ++image) {
    for (Index i = 0; i < p.height; ++i) {
      copy(((first_image + image) * p.height + i) * p.width * p.channels,
           image * p.image() + (p.top + i) * p.line() + p.left * p.channels);
    }
  }
}

inline void copy_images(const Padded& p, Numbers from, Index first_image, Index images, float* to) {
  for_rows(p, first_image, images,
           [&](Index at, Index to_at) { copy_run(from, at, p.width * p.channels, to + to_at); });
}

/// A kernel that moves over padded images: output (row, column) begins at
/// `first + row * row_step + column * column_step` of its image, and reads `lines` runs of `run`
/// numbers, a padded line apart.
struct Sliding {
  Padded padded{};
  Index rows = 0;  // of the output, of one image
  Index columns = 0;
  Index first = 0;
  Index row_step = 0;
  Index column_step = 0;
  Index lines = 0;
  Index run = 0;

  Index pixels() const { return rows * columns; }
  Index depth() const { return lines * run; }
};

// What is under the kernel of one output, from number `skipped` of the line at `from`. Whole
// vectors; what is too much is overwritten by the next run, or lies behind the row.
inline void fill_under_kernel(const Sliding& s, const float* from, Index skipped, Index depth,
                              float* to) {
  for (Index done = 0; done < depth; skipped = 0, from += s.padded.line()) {
    const Index count = least(s.run - skipped, depth - done);
    for (Index j = 0; j < count; j += kLanes) {
      store(to + done + j, load(from + skipped + j));
    }
    done += count;
  }
}

/// The left operand's tile: a row for each of these outputs, with these numbers of what is under
/// the kernel.
inline void fill_sliding(const Sliding& s, const float* images, Range pixels, Range numbers,
                         float* to) {
  Index column = pixels.first % s.columns;
  Index row = pixels.first / s.columns % s.rows;
  const float* image = images + pixels.first / s.pixels() * s.padded.image() + s.first;
  const Index first_line = numbers.first / s.run * s.padded.line();
  for (Index i = 0; i < pixels.count; ++i) {
    fill_under_kernel(s, image + row * s.row_step + column * s.column_step + first_line,
                      numbers.first % s.run, numbers.count, to + i * kRowStep);
    if (++column == s.columns) {
      column = 0;
      if (++row == s.rows) {
        row = 0;
        image += s.padded.image();
      }
    }
  }
}
static_assert(kRowStep - kMostDepth >= kLanes);

/// As many images of a size as are within a limit, at least one.
inline Index images_within(Index limit, Index image, Index batch) {
  return image >= limit ? 1 : least(batch, limit / image);
}

// Outputs of several images are put together up to this.
constexpr Index kTogether = kMostDepth;

}  // namespace
}  // namespace autoglm::nn::cpu
