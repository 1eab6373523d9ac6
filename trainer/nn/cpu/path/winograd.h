// Convolutions of 3 x 3 kernels by minimal filtering, F(2 x 2, 3 x 3) (Lavin and Gray,
// arXiv:1509.09308, section 4.1): 2 x 2 outputs and the patch of 4 x 4 inputs that they look at.
// Patch and kernel are transformed to 16 components each, which are multiplied one by one, so that
// sums over channels are 16 products of matrices with 16 multiplications where the convolution has
// 36. The transforms add, subtract and halve; errors are those of the direct sum (table 4 there).
// On a line of numbers they are
//   inputs    d0 - d2, d1 + d2, d2 - d1, d1 - d3
//   kernel    g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2
//   outputs   m0 + m1 + m2, m1 - m2 - m3
// and on squares that of the rows, then of the columns.
#pragma once

#include "trainer/nn/cpu/path/images.h"
#include "trainer/nn/cpu/path/tile.h"

namespace autoglm::nn::cpu {
namespace {

constexpr Index kPatch = 4;
constexpr Index kPatchOutputs = 2;
constexpr Index kComponents = kPatch * kPatch;
using Patch = Lanes[kPatch][kPatch];

/// line(a, b, c, d) on the first `rows` rows of a square, then on its first `columns` columns.
template <Index rows, Index columns, typename Line>
inline void transform(Patch& p, Line line) {
#pragma GCC unroll 4
  for (Index i = 0; i < rows; ++i) {
    line(p[i][0], p[i][1], p[i][2], p[i][3]);
  }
#pragma GCC unroll 4
  for (Index j = 0; j < columns; ++j) {
    line(p[0][j], p[1][j], p[2][j], p[3][j]);
  }
}

inline void transform_inputs(Lanes& a, Lanes& b, Lanes& c, Lanes& d) {
  a -= c;
  d = b - d;
  const Lanes sum = b + c;
  c -= b;
  b = sum;
}

/// Of the first 3 x 3.
inline void transform_kernel(Patch& kernel) {
  transform<3, 4>(kernel, [](Lanes& a, Lanes& b, Lanes& c, Lanes& d) {
    const Lanes outer = (a + c) * 0.5F;
    const Lanes inner = b * 0.5F;
    d = c;
    b = outer + inner;
    c = outer - inner;
  });
}

/// To the first 2 x 2.
inline void transform_outputs(Patch& products) {
  transform<4, 2>(products, [](Lanes& a, Lanes& b, Lanes& c, Lanes& d) {
    a += b + c;
    b -= c + d;
  });
}

/// The transposed transform of a kernel, to the first 3 x 3, of components whose last one has the
/// other sign (see kGradientRows).
inline void transform_kernel_gradients(Patch& products) {
  transform<4, 3>(products, [](Lanes& a, Lanes& b, Lanes& c, Lanes& d) {
    const Lanes half = (b + c) * 0.5F;
    b = (b - c) * 0.5F;
    a += half;
    c = half - d;
  });
}

/// Of the outputs of an image, as many patches as cover them.
struct Patches {
  Padded padded{};
  Index rows = 0;
  Index columns = 0;

  Index of_image() const { return rows * columns; }
};

inline Patches patches_of(const ImageShape& s) {
  const Index rows = (s.out_height + kPatchOutputs - 1) / kPatchOutputs;
  const Index columns = (s.out_width + kPatchOutputs - 1) / kPatchOutputs;
  const Index overlap = kPatch - kPatchOutputs;
  return {.padded = {.height = s.height,
                     .width = s.width,
                     .channels = s.channels,
                     .top = s.padding,
                     .bottom = rows * kPatchOutputs + overlap - s.padding - s.height,
                     .left = s.padding,
                     .right = columns * kPatchOutputs + overlap - s.padding - s.width},
          .rows = rows,
          .columns = columns};
}

/// Whether patches are less work than the convolution itself: few channels are not worth the
/// transforms, nor are outputs that fill few patches.
inline bool suits_patches(const ImageShape& s) {
  constexpr Index kLeastChannels = 16;
  const Index outputs = s.out_height * s.out_width;
  return s.kernel == 3 && s.stride == 1 && s.channels >= kLeastChannels &&
         s.out_channels >= kLeastChannels &&
         patches_of(s).of_image() * kComponents * 4 <= outputs * s.kernel * s.kernel * 3;
}

/// f(which of them, image, row, column) for patches of images that follow each other.
template <typename F>
inline void for_patches(const Patches& patches, Range range, F f) {
  Index column = range.first % patches.columns;
  Index row = range.first / patches.columns % patches.rows;
  Index image = range.first / patches.of_image();
  for (Index i = 0; i < range.count; ++i) {
    f(i, image, row, column);
    if (++column == patches.columns) {
      column = 0;
      if (++row == patches.rows) {
        row = 0;
        ++image;
      }
    }
  }
}

// Patches whose components are multiplied at once: few, so that all stays in the second cache,
// unless the transformed kernels do not; those are to be used more often then.
constexpr Index kCachedKernels = 1 << 17;
inline Index patches_together(const ImageShape& s) {
  return s.channels * s.out_channels * kComponents <= kCachedKernels ? kTileRows : 8 * kTileRows;
}

// Images of few patches are taken together up to this many: cut into equal parts of at most a
// tile's rows, the patches of one image leave rows empty.
constexpr Index kPatchesOfImages = 8 * kTileRows;

}  // namespace
}  // namespace autoglm::nn::cpu
