// The three products of a convolution.
#pragma once

#include "trainer/nn/cpu/path/images.h"
#include "trainer/nn/cpu/path/linear.h"

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
inline bool forward(const ImageShape& s, Numbers x, Numbers w, const float* bias, Numbers y,
                    bool relu, Scratch& scratch) {
  const Sliding sliding = over_input(s);
  const Index depth = sliding.depth();
  const Index together = images_together(s.batch, sliding.pixels());
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
    pack_transposed(w, block.first_column * depth + block.first, depth, block.depth, block.columns,
                    place(block));
  });
  clear_padding(sliding.padded, together, images);
  for (Index image = 0; image < s.batch; image += together) {
    const Index count = least(together, s.batch - image);
    copy_images(sliding.padded, x, image, count, images);
    const Product product{
        count * sliding.pixels(), s.out_channels, depth, {.bias = bias, .rectify = relu}};
    multiply_into<Left::rows, cells>(
        product, from(y, image * sliding.pixels() * s.out_channels), left_tile, kept, place,
        [&](Index row, Index rows, Index first, Index part, float* to) {
          fill_sliding(sliding, images, row, rows, first, part, to);
        });
  }
  return true;
}

bool conv_forward(const ImageShape& s, Numbers x, Numbers w, const float* bias, Numbers y,
                  bool relu, Scratch& scratch) {
  if (uses_pairs(x.type, s.channels)) {
    ImageShape halved = s;
    halved.channels /= 2;
    return forward<Cells::bf16_pairs>(halved, cells(x), cells(w), bias, y, relu, scratch);
  }
  return forward<Cells::f32>(s, x, w, bias, y, relu, scratch);
}

/// dw [n, line of the kernel, run] += dy^T [n, pixels] times the runs under the kernel, which are
/// read where they are. Walks along the pixels of an output's row, its rows, its images.
bool conv_backward_weight(const ImageShape& s, Numbers dy, Numbers x, float* dw, float* dbias,
                          Scratch& scratch) {
  const Sliding sliding = over_input(s);
  const Index together = images_together(s.batch, sliding.pixels());
  const Index images_room = sliding.padded.room(together);
  void* const memory = scratch.reserve(floats(images_room) + floats(kLeftSize) +
                                       floats(kBlockRows * s.out_channels) +
                                       Pieces::size(s.out_channels, sizeof(double)));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const images = pieces.floats(images_room);
  float* const left_tile = pieces.floats(kLeftSize);
  float* const buffer = pieces.floats(kBlockRows * s.out_channels);
  double* const sums = pieces.zero_doubles(s.out_channels);
  const auto add_walk = [&](const Walk& walk, Index pixel, const float* right) {
    const Index depth = walk.images * walk.lines * walk.length;
    for_parts(s.out_channels, kTileRows, 1, [&](Index row, Index rows) {
      fill_columns(dy, pixel * s.out_channels + row, s.out_channels, rows, depth, left_tile);
      for (Index line = 0; line < sliding.lines; ++line) {
        for (Index j = 0; j < sliding.run; j += kTileColumns) {
          const Index wide = least(kTileColumns, sliding.run - j);
          const Target target{.c = dw + row * sliding.depth() + line * sliding.run + j,
                              .stride = sliding.depth(),
                              .rows = rows,
                              .columns = wide,
                              .accumulate = true};
          tile_of<Left::columns, Cells::f32>(rows, wide)(
              left_tile, right + line * sliding.padded.line() + j, walk, target);
        }
      }
    });
  };
  clear_padding(sliding.padded, together, images);
  for (Index image = 0; image < s.batch; image += together) {
    const Index count = least(together, s.batch - image);
    copy_images(sliding.padded, x, image, count, images);
    const Index pixel = image * sliding.pixels();
    if (sliding.pixels() <= kMostDepth) {
      add_walk({sliding.columns, sliding.column_step, sliding.rows, sliding.row_step, count,
                sliding.padded.image()},
               pixel, images);
      continue;
    }
    const Index wide = least(sliding.columns, kMostDepth);
    for_parts(sliding.columns, wide, 1, [&](Index column, Index columns) {
      // Whole rows together, or parts of one row: their pixels follow each other in dy.
      const Index most_rows = columns == sliding.columns ? kMostDepth / columns : 1;
      for_parts(sliding.rows, most_rows, 1, [&](Index row, Index rows) {
        add_walk({columns, sliding.column_step, rows, sliding.row_step},
                 pixel + row * sliding.columns + column,
                 images + row * sliding.row_step + column * sliding.column_step);
      });
    });
  }
  if (dbias != nullptr) {
    add_column_sums(dy, s.batch * sliding.pixels(), s.out_channels, dbias, sums, buffer);
  }
  return true;
}

/// Along one axis, those pixels of the input that are `rest` more than a multiple of the stride:
/// pixel rest + stride a meets output a + base - t under tap first_tap + stride t.
struct Residue {
  Index rest = 0;
  Index pixels = 0;  // a < pixels
  Index first_tap = 0;
  Index taps = 0;  // t < taps
  Index base = 0;

  Residue(const ImageShape& s, Index which, Index size)
      : rest(which),
        pixels(which < size ? (size - which + s.stride - 1) / s.stride : 0),
        first_tap((which + s.padding) % s.stride),
        taps(first_tap < s.kernel ? (s.kernel - first_tap + s.stride - 1) / s.stride : 0),
        base((which + s.padding) / s.stride) {}
};

/// The output's gradients, with as many zeros around as any pixel of the input asks for.
inline Padded around_output(const ImageShape& s) {
  const auto before = [&s] {
    return s.kernel - 1 > s.padding ? (s.kernel - 1 - s.padding + s.stride - 1) / s.stride : 0;
  }();
  const auto after = [&s](Index size, Index out_size) {
    const Index last = (size - 1 + s.padding) / s.stride;
    return last > out_size - 1 ? last - (out_size - 1) : 0;
  };
  return {.height = s.out_height,
          .width = s.out_width,
          .channels = s.out_channels,
          .top = before,
          .bottom = after(s.height, s.out_height),
          .left = before,
          .right = after(s.width, s.out_width)};
}

/// The input's gradients at pixels of one residue: a convolution of the output's gradients with
/// the taps of that residue, turned by half a circle.
inline Sliding over_output(const ImageShape& s, const Residue& row, const Residue& column) {
  const Padded padded = around_output(s);
  return {.padded = padded,
          .rows = row.pixels,
          .columns = column.pixels,
          .first = (row.base - (row.taps - 1) + padded.top) * padded.line() +
                   (column.base - (column.taps - 1) + padded.left) * s.out_channels,
          .row_step = padded.line(),
          .column_step = s.out_channels,
          .lines = row.taps,
          .run = column.taps * s.out_channels};
}

/// The right operand of a residue: row (line, tap in it, out channel or pair of them), column:
/// channel.
template <Cells cells>
inline void pack_turned(const ImageShape& s, const Residue& row, const Residue& column, Numbers w,
                        float* panels) {
  const Index run = column.taps * s.out_channels;
  for_right_blocks(row.taps * run, s.channels, [&](const Block& block) {
    for (Index p = 0; p < block.depth; ++p) {
      const Index line = (block.first + p) / run;
      const Index tap = (block.first + p) % run / s.out_channels;
      const Index n = (block.first + p) % s.out_channels;
      const Index u = row.first_tap + s.stride * (row.taps - 1 - line);
      const Index v = column.first_tap + s.stride * (column.taps - 1 - tap);
      float* const to = panels + place_of(block, s.channels);
      const Index tap_size = s.kernel * s.kernel * s.channels;
      const Index at = (u * s.kernel + v) * s.channels + block.first_column;
      if constexpr (cells == Cells::f32) {
        pack_row(w, n * tap_size + at, p, block.depth, block.columns, to);
      } else {
        const Half* const first = static_cast<const Half*>(w.data) + 2 * n * tap_size + at;
        pack_pair_row(first, first + tap_size, p, block.depth, block.columns, to);
      }
    }
  });
}

/// Writes rows of results, pixels of one residue, to where they are in dx.
inline void scatter(const ImageShape& s, const Residue& row, const Residue& column, Index pixel,
                    Index count, const float* results, Numbers dx) {
  for (Index i = pixel; i < pixel + count; ++i, results += s.channels) {
    const Index image = i / (row.pixels * column.pixels);
    const Index y = row.rest + s.stride * (i / column.pixels % row.pixels);
    const Index x = column.rest + s.stride * (i % column.pixels);
    narrow(results, s.channels, dx, ((image * s.height + y) * s.width + x) * s.channels);
  }
}

struct DataBuffers {
  float* panels;
  float* images;
  float* left_tile;
  float* kept;
};

template <Cells cells>
inline void backward_residue(const ImageShape& s, const Residue& row, const Residue& column,
                             Index image, Index count, Numbers dx, const DataBuffers& buffers) {
  const Sliding sliding = over_output(s, row, column);
  const Numbers images_dx = from(dx, image * s.height * s.width * s.channels);
  const Product product{count * sliding.pixels(), s.channels, sliding.depth()};
  const auto place = [&](const Block& block) {
    return buffers.panels + place_of(block, s.channels);
  };
  const auto fill = [&](Index pixel, Index rows, Index first, Index part, float* to) {
    fill_sliding(sliding, buffers.images, pixel, rows, first, part, to);
  };
  if (s.stride == 1) {
    multiply_into<Left::rows, cells>(product, images_dx, buffers.left_tile, buffers.kept, place,
                                     fill);
    return;
  }
  for_parts(product.rows, kKeptRows, 1, [&](Index pixel, Index rows) {
    Product part = product;
    part.rows = rows;
    if (product.depth == 0) {  // a stride beyond the kernel: no output looks at these pixels
      __builtin_memset(buffers.kept, 0, bytes_of(rows * s.channels));
    } else {
      multiply_into<Left::rows, cells>(
          part, {buffers.kept, DType::f32}, buffers.left_tile, nullptr, place,
          [&](Index i, Index height, Index first, Index depth, float* to) {
            fill(pixel + i, height, first, depth, to);
          });
    }
    scatter(s, row, column, pixel, rows, buffers.kept, images_dx);
  });
}

template <Cells cells>
inline bool backward_data(const ImageShape& s, Numbers dy, Numbers w, Numbers dx,
                          Scratch& scratch) {
  const Padded padded = around_output(s);
  const Index together = images_together(s.batch, s.height * s.width);
  const Index panels_room = panels_size(s.channels, s.kernel * s.kernel * s.out_channels);
  const Index images_room = padded.room(together);
  const Index kept_room = kKeptRows * s.channels;
  // The panels of all residues: each tap belongs to one of them.
  void* const memory = scratch.reserve(floats(panels_room) + floats(images_room) +
                                       floats(kLeftSize) + floats(kept_room));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  DataBuffers buffers{pieces.floats(panels_room), pieces.floats(images_room),
                      pieces.floats(kLeftSize), pieces.floats(kept_room)};
  float* const all_panels = buffers.panels;
  const auto for_residues = [&](auto f) {
    Index packed = 0;
    for (Index i = 0; i < least(s.stride, s.height); ++i) {
      for (Index j = 0; j < least(s.stride, s.width); ++j) {
        const Residue row(s, i, s.height);
        const Residue column(s, j, s.width);
        f(row, column, all_panels + packed);
        packed += panels_size(s.channels, row.taps * column.taps * s.out_channels);
      }
    }
  };
  for_residues([&](const Residue& row, const Residue& column, float* panels) {
    pack_turned<cells>(s, row, column, w, panels);
  });
  clear_padding(padded, together, buffers.images);
  for (Index image = 0; image < s.batch; image += together) {
    const Index count = least(together, s.batch - image);
    copy_images(padded, dy, image, count, buffers.images);
    for_residues([&](const Residue& row, const Residue& column, float* panels) {
      buffers.panels = panels;
      backward_residue<cells>(s, row, column, image, count, dx, buffers);
    });
  }
  return true;
}

bool conv_backward_data(const ImageShape& s, Numbers dy, Numbers w, Numbers dx, Scratch& scratch) {
  if (uses_pairs(dy.type, s.out_channels)) {
    ImageShape halved = s;
    halved.out_channels /= 2;
    return backward_data<Cells::bf16_pairs>(halved, cells(dy), w, dx, scratch);
  }
  return backward_data<Cells::f32>(s, dy, w, dx, scratch);
}

}  // namespace
}  // namespace autoglm::nn::cpu
