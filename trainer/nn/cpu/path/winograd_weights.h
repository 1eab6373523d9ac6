// The gradients of a convolution's weights by patches (winograd.h): components of the output's
// gradients times those of the inputs, summed over patches, are transformed back.
#pragma once

#include "trainer/nn/cpu/path/linear.h"
#include "trainer/nn/cpu/path/winograd.h"

namespace autoglm::nn::cpu {
namespace {

// Out channels whose sums are kept at once, and patches whose products are added to them.
constexpr Index kSumRows = 8 * kTileRows;
constexpr Index kSummedPatches = 128;

/// The direct sum has long products too, and needs no transforms, which take longer for few
/// channels: as measured, at 20 x 40 it is 1.15 times as fast, at 40 x 40 patches are 1.2 times.
inline bool suits_gradient_patches(const ImageShape& s) {
  constexpr Index kLeastSums = Index{40} * 40;
  return suits_patches(s) && s.channels * s.out_channels >= kLeastSums;
}

/// A row of a transformed square: a row of the square plus a factor times another, then transformed
/// along itself.
struct RowOfComponents {
  Index row;
  Index other;
  float factor;
};

constexpr RowOfComponents kInputRows[kPatch] = {{0, 2, -1}, {1, 2, 1}, {2, 1, -1}, {1, 3, -1}};

// Of the gradients of 2 x 2 outputs, g0, g0 + g1, g0 - g1, -g1 on a line; the last without its
// sign.
constexpr RowOfComponents kGradientRows[kPatch] = {{0, 1, 0}, {0, 1, 1}, {0, 1, -1}, {1, 0, 0}};

inline void transform_gradients(Lanes (&d)[kPatch]) {
  d[2] = d[0] - d[1];
  d[3] = d[1];
  d[1] += d[0];
}

/// The operands of a row of components' products: the gradients of tiles of out channels
/// [tile, patch, kColumnStep], and panels of the inputs' channels [panel, patch, panel's width].
struct GradientOperands {
  float* left = nullptr;
  Index left_size = 0;  // of a component
  float* right = nullptr;
  Index right_size = 0;
  float* sums = nullptr;  // [component, out channel, stride]
  Index sums_size = 0;
  Index stride = 0;
  Patches patches{};
  Index room = 0;  // for so many patches
};

/// The right operands of a row of components, of padded images.
inline void transform_images(const float* images, Range range, Index channels,
                             const RowOfComponents& row_of, const GradientOperands& operands) {
  const Padded& padded = operands.patches.padded;
  const Lanes factor = broadcast(row_of.factor);
  for_patches(operands.patches, range, [&](Index i, Index image, Index row, Index column) {
    const float* const patch = images + image * padded.image() +
                               row * kPatchOutputs * padded.line() +
                               column * kPatchOutputs * padded.channels;
    const float* const first = patch + row_of.row * padded.line();
    const float* const other = patch + row_of.other * padded.line();
    for (Index c = 0; c < channels; c += kLanes) {
      Lanes line[kPatch];
#pragma GCC unroll 4
      for (Index v = 0; v < kPatch; ++v) {
        const Index at = v * padded.channels + c;
        line[v] = multiply_add(factor, load(other + at), load(first + at));
      }
      transform_inputs(line[0], line[1], line[2], line[3]);
      const Index panel = c / kTileColumns * kTileColumns;
      float* const to =
          operands.right + panel * operands.room + i * panel_width(channels - panel) + (c - panel);
#pragma GCC unroll 4
      for (Index v = 0; v < kPatch; ++v) {
        store(to + v * operands.right_size, line[v]);
      }
    }
  });
}

/// The left operands of a row of components: of out channels from `rows.first` on.
inline void transform_gradients(const ImageShape& s, Numbers dy, Range range, Range rows,
                                const RowOfComponents& row_of, const GradientOperands& operands) {
  const Lanes factor = broadcast(row_of.factor);
  float* tile = operands.left;
  for_parts(rows.count, kTileRows, 1, [&](Index n, Index count) {
    for_patches(operands.patches, range, [&](Index i, Index image, Index row, Index column) {
      const Index pixel =
          (image * s.out_height + row * kPatchOutputs) * s.out_width + column * kPatchOutputs;
      const bool high = row * kPatchOutputs + 1 < s.out_height;
      const bool wide = column * kPatchOutputs + 1 < s.out_width;
      const auto gradient = [&](Index u, Index v) {
        const Index at = (pixel + u * s.out_width + v) * s.out_channels + rows.first + n;
        return (u == 0 || high) && (v == 0 || wide) ? load_numbers(dy, at, count) : Lanes{};
      };
      Lanes line[kPatch];
      for (Index v = 0; v < kPatchOutputs; ++v) {
        line[v] = gradient(row_of.row, v);
        if (row_of.factor != 0) {
          line[v] = multiply_add(factor, gradient(row_of.other, v), line[v]);
        }
      }
      transform_gradients(line);
#pragma GCC unroll 4
      for (Index v = 0; v < kPatch; ++v) {
        store(tile + i * kColumnStep + v * operands.left_size, line[v]);
      }
    });
    tile += operands.room * kColumnStep;
  });
}

/// Adds the products of so many patches to the sums of a row of components.
inline void add_products_of_patches(Index count, Index rows, Index channels, float* sums,
                                    const GradientOperands& operands) {
  for (Index f = 0; f < kPatch; ++f) {
    const float* right = operands.right + f * operands.right_size;
    for (Index c = 0; c < channels; c += kTileColumns) {
      const Index wide = least(kTileColumns, channels - c);
      const Walk walk{.length = count, .step = panel_width(wide)};
      const float* left = operands.left + f * operands.left_size;
      for_parts(rows, kTileRows, 1, [&](Index n, Index high) {
        const Target target{.c = sums + f * operands.sums_size + n * operands.stride + c,
                            .stride = operands.stride,
                            .rows = high,
                            .columns = wide,
                            .accumulate = true};
        tile_of<Left::columns, Cells::f32>(high, wide)(left, right, walk, target);
        left += operands.room * kColumnStep;
      });
      right += walk.step * operands.room;
    }
  }
}

/// dw [rows, 3, 3, channels] += the sums, transformed.
inline void add_kernel_gradients(Index rows, Index channels, const GradientOperands& operands,
                                 float* dw) {
  for (Index n = 0; n < rows; ++n) {
    for_vectors(channels, [&](Index c, auto get, auto put) {
      const float* const from = operands.sums + n * operands.stride + c;
      Patch patch;
      for_tile<4, 4>([&](Index u, Index v) {
        patch[u][v] = load(from + (u * kPatch + v) * operands.sums_size);
      });
      transform_kernel_gradients(patch);
      for_tile<3, 3>([&](Index u, Index v) {
        float* const to = dw + (n * 9 + u * 3 + v) * channels + c;
        put(to, get(to) + patch[u][v]);
      });
    });
  }
}

/// dw += the gradients of the weights.
inline bool patches_backward_weight(const ImageShape& s, Numbers dy, Numbers x, float* dw,
                                    Scratch& scratch) {
  const Patches patches = patches_of(s);
  const Index together = images_within(kSummedPatches, patches.of_image(), s.batch);
  const Index images_room = patches.padded.room(together);
  const Index sum_rows = least(kSumRows, s.out_channels);
  const Index tiles = (sum_rows + kTileRows - 1) / kTileRows;
  GradientOperands operands{.left_size = tiles * kSummedPatches * kColumnStep,
                            .right_size = panels_size(s.channels, kSummedPatches),
                            .stride = rounded_up(s.channels, kLanes),
                            .patches = patches,
                            .room = kSummedPatches};
  operands.sums_size = sum_rows * operands.stride;
  void* const memory = scratch.reserve(floats(images_room) + floats(kPatch * operands.left_size) +
                                       floats(kPatch * operands.right_size) +
                                       floats(kComponents * operands.sums_size));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const images = pieces.floats(images_room);
  operands.left = pieces.floats(kPatch * operands.left_size);
  operands.right = pieces.floats(kPatch * operands.right_size);
  operands.sums = pieces.floats(kComponents * operands.sums_size);
  const auto add_part = [&](Index image, Range range, Range rows) {
    const Numbers image_dy = from(dy, image * s.out_height * s.out_width * s.out_channels);
    for (Index i = 0; i < kPatch; ++i) {
      transform_images(images, range, s.channels, kInputRows[i], operands);
      transform_gradients(s, image_dy, range, rows, kGradientRows[i], operands);
      add_products_of_patches(range.count, rows.count, s.channels,
                              operands.sums + i * kPatch * operands.sums_size, operands);
    }
  };
  clear_padding(patches.padded, together, images);
  for_parts(s.out_channels, kSumRows, kTileRows, [&](Index first_row, Index rows) {
    __builtin_memset(operands.sums, 0, bytes_of(kComponents * operands.sums_size));
    for (Index image = 0; image < s.batch; image += together) {
      const Index count = least(together, s.batch - image);
      copy_images(patches.padded, x, image, count, images);
      for_parts(count * patches.of_image(), kSummedPatches, 1, [&](Index first, Index part) {
        add_part(image, {first, part}, {first_row, rows});
      });
    }
    add_kernel_gradients(rows, s.channels, operands, dw + first_row * 9 * s.channels);
  });
  return true;
}

}  // namespace
}  // namespace autoglm::nn::cpu
