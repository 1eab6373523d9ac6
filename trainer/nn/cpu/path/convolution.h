// A convolution's output, and the gradients of its weights.
#pragma once

#include "trainer/nn/cpu/path/images.h"
#include "trainer/nn/cpu/path/linear.h"
#include "trainer/nn/cpu/path/unit_convolution.h"
#include "trainer/nn/cpu/path/unit_weights.h"
#include "trainer/nn/cpu/path/winograd_convolution.h"
#include "trainer/nn/cpu/path/winograd_weights.h"

namespace autoglm::nn::cpu {
namespace {

/// The kernel over the input. Lines below the last window are left out.
inline Sliding over_input(const ImageShape& s) {
  const Index used_height = (s.out_height - 1) * s.stride + s.kernel;
  const Index used_width = (s.out_width - 1) * s.stride + s.kernel;
  const auto beyond = [](Index used, Index there) { return used > there ? used - there : 0; };
  const Padded padded{.height = s.height,
                      .width = s.width,
                      .channels = s.channels,
                      .top = s.padding,
                      .bottom = beyond(used_height, s.padding + s.height),
                      .left = s.padding,
                      .right = beyond(used_width, s.padding + s.width)};
  return {.padded = padded,
          .rows = s.out_height,
          .columns = s.out_width,
          .row_step = s.stride * padded.line(),
          .column_step = s.stride * s.channels,
          .lines = s.kernel,
          .run = s.kernel * s.channels};
}

template <Cells cells>
inline bool forward(const ImageShape& s, Numbers x, Numbers w, const Output& output,
                    Scratch& scratch) {
  const Sliding sliding = over_input(s);
  const Index depth = sliding.depth();
  const Index together = images_within(kTogether, sliding.pixels(), s.batch);
  const Index panels_room = panels_size(s.out_channels, depth);
  const Index images_room = sliding.padded.room(together);
  const Index kept_room = kKeptRows * s.out_channels;
  void* const memory = scratch.reserve(floats(panels_room) + floats(images_room) +
                                       floats(kLeftSize) + floats(kept_room));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const panels = pieces.floats(panels_room);
  float* const images = pieces.floats(images_room);
  float* const left_tile = pieces.floats(kLeftSize);
  float* const kept = pieces.floats(kept_room);
  const auto place = [&](const Block& block) { return panels + place_of(block, s.out_channels); };
  for_right_blocks(depth, s.out_channels, [&](const Block& block) {
    pack_transposed(from(w, block.first_column * depth + block.first), depth, block.depth,
                    block.columns, place(block));
  });
  clear_padding(sliding.padded, together, images);
  for (Index image = 0; image < s.batch; image += together) {
    const Index count = least(together, s.batch - image);
    copy_images(sliding.padded, x, image, count, images);
    const Product product{count * sliding.pixels(),
                          s.out_channels,
                          depth,
                          {.bias = output.bias, .rectify = output.relu}};
    multiply_into<Left::rows, cells>(
        product, from(output.y, image * sliding.pixels() * s.out_channels), left_tile, kept, place,
        [&](Index row, Index rows, Index first, Index part, float* to) {
          fill_sliding(sliding, images, {row, rows}, {first, part}, to);
        });
  }
  return true;
}

bool conv_forward(const ImageShape& s, Numbers x, Numbers w, const Output& output,
                  Scratch& scratch) {
  if (uses_pairs(x.type, s.channels)) {
    ImageShape halved = s;
    halved.channels /= 2;
    if (suits_unit(halved)) {
      return convolve_by_unit(halved, cells(x), output, scratch,
                              [&](const UnitRuns& runs, float* panels) {
                                pack_unit_kernels(halved, cells(w), runs, panels);
                              });
    }
    return forward<Cells::bf16_pairs>(halved, cells(x), cells(w), output, scratch);
  }
  return suits_patches(s) ? patches_forward(s, x, w, output, scratch)
                          : forward<Cells::f32>(s, x, w, output, scratch);
}

/// The output's gradients [pixels, channels].
struct OutputGradients {
  Numbers dy{};
  Index channels = 0;
};

/// Adds to dw [n, line of the kernel, run] the products of gradients with the runs under the
/// kernel at the pixels of a walk; those are read where they are.
inline void add_walk(const Sliding& s, const Walk& walk, const OutputGradients& gradients,
                     const float* right, float* left_tile, float* dw) {
  const Index depth = walk.images * walk.lines * walk.length;
  for_parts(gradients.channels, kTileRows, 1, [&](Index row, Index rows) {
    fill_columns(gradients.dy, row, gradients.channels, rows, depth, left_tile);
    for (Index line = 0; line < s.lines; ++line) {
      for (Index j = 0; j < s.run; j += kTileColumns) {
        const Index wide = least(kTileColumns, s.run - j);
        const Target target{.c = dw + row * s.depth() + line * s.run + j,
                            .stride = s.depth(),
                            .rows = rows,
                            .columns = wide,
                            .accumulate = true};
        tile_of<Left::columns, Cells::f32>(rows, wide)(
            left_tile, right + line * s.padded.line() + j, walk, target);
      }
    }
  });
}

/// f(walk, its first pixel, where that begins) for `images` images, of at most kMostDepth pixels
/// each: whole images together, or whole rows of one, or parts of one row.
template <typename F>
inline void for_walks(const Sliding& s, Index images, F f) {
  if (s.pixels() <= kMostDepth) {
    f(Walk{s.columns, s.column_step, s.rows, s.row_step, images, s.padded.image()}, 0, 0);
    return;
  }
  for_parts(s.columns, kMostDepth, 1, [&](Index column, Index columns) {
    const Index most_rows = columns == s.columns ? kMostDepth / columns : 1;
    for_parts(s.rows, most_rows, 1, [&](Index row, Index rows) {
      f(Walk{columns, s.column_step, rows, s.row_step}, row * s.columns + column,
        row * s.row_step + column * s.column_step);
    });
  });
}

inline bool direct_backward_weight(const ImageShape& s, Numbers dy, Numbers x, float* dw,
                                   Scratch& scratch) {
  const Sliding sliding = over_input(s);
  const Index together = images_within(kTogether, sliding.pixels(), s.batch);
  const Index images_room = sliding.padded.room(together);
  void* const memory = scratch.reserve(floats(images_room) + floats(kLeftSize));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const images = pieces.floats(images_room);
  float* const left_tile = pieces.floats(kLeftSize);
  clear_padding(sliding.padded, together, images);
  for (Index image = 0; image < s.batch; image += together) {
    const Index count = least(together, s.batch - image);
    copy_images(sliding.padded, x, image, count, images);
    for_walks(sliding, count, [&](const Walk& walk, Index pixel, Index begin) {
      const Index first = (image * sliding.pixels() + pixel) * s.out_channels;
      add_walk(sliding, walk, {from(dy, first), s.out_channels}, images + begin, left_tile, dw);
    });
  }
  return true;
}

/// dbias += sums of dy over pixels.
inline bool conv_backward_bias(const ImageShape& s, Numbers dy, float* dbias, Scratch& scratch) {
  void* const memory = scratch.reserve(floats(kBlockRows * s.out_channels) +
                                       Pieces::size(s.out_channels, sizeof(double)));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const buffer = pieces.floats(kBlockRows * s.out_channels);
  double* const sums = pieces.zero_doubles(s.out_channels);
  add_column_sums(dy, s.batch * s.out_height * s.out_width, s.out_channels, dbias, sums, buffer);
  return true;
}

bool conv_backward_weight(const ImageShape& s, Numbers dy, Numbers x, float* dw, float* dbias,
                          Scratch& scratch) {
  const bool done = dy.type == DType::bf16 && suits_unit_gradients(s)
                        ? unit_backward_weight(s, dy, x, dw, scratch)
                    : suits_gradient_patches(s) ? patches_backward_weight(s, dy, x, dw, scratch)
                                                : direct_backward_weight(s, dy, x, dw, scratch);
  return done && (dbias == nullptr || conv_backward_bias(s, dy, dbias, scratch));
}

}  // namespace
}  // namespace autoglm::nn::cpu
