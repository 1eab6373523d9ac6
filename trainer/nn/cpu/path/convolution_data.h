// The gradients of a convolution's input.
#pragma once

#include "trainer/nn/cpu/path/images.h"
#include "trainer/nn/cpu/path/linear.h"
#include "trainer/nn/cpu/path/unit_convolution.h"
#include "trainer/nn/cpu/path/winograd_convolution.h"

namespace autoglm::nn::cpu {
namespace {

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

/// Of both axes.
struct Residues {
  Residue row;
  Residue column;
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
inline Sliding over_output(const ImageShape& s, const Residues& residues) {
  const auto& [row, column] = residues;
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
inline void pack_turned(const ImageShape& s, const Residues& residues, Numbers w, float* panels) {
  const Residue& row = residues.row;  // lambdas cannot capture structured bindings
  const Residue& column = residues.column;
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
inline void scatter(const ImageShape& s, const Residues& residues, Index pixel, Index count,
                    const float* results, Numbers dx) {
  const auto& [row, column] = residues;
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
inline void backward_residues(const ImageShape& s, const Residues& residues, Index image,
                              Index count, Numbers dx, const DataBuffers& buffers) {
  const Sliding sliding = over_output(s, residues);
  const Numbers images_dx = from(dx, image * s.height * s.width * s.channels);
  const Product product{count * sliding.pixels(), s.channels, sliding.depth()};
  const auto place = [&](const Block& block) {
    return buffers.panels + place_of(block, s.channels);
  };
  const auto fill = [&](Index pixel, Index rows, Index first, Index part, float* to) {
    fill_sliding(sliding, buffers.images, {pixel, rows}, {first, part}, to);
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
    scatter(s, residues, pixel, rows, buffers.kept, images_dx);
  });
}

template <Cells cells>
inline bool backward_data(const ImageShape& s, Numbers dy, Numbers w, Numbers dx,
                          Scratch& scratch) {
  const Padded padded = around_output(s);
  const Index together = images_within(kTogether, s.height * s.width, s.batch);
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
        const Residues residues{{s, i, s.height}, {s, j, s.width}};
        f(residues, all_panels + packed);
        const Index taps = residues.row.taps * residues.column.taps;
        packed += panels_size(s.channels, taps * s.out_channels);
      }
    }
  };
  for_residues(
      [&](const Residues& residues, float* panels) { pack_turned<cells>(s, residues, w, panels); });
  clear_padding(padded, together, buffers.images);
  for (Index image = 0; image < s.batch; image += together) {
    const Index count = least(together, s.batch - image);
    copy_images(padded, dy, image, count, buffers.images);
    for_residues([&](const Residues& residues, float* panels) {
      buffers.panels = panels;
      backward_residues<cells>(s, residues, image, count, dx, buffers);
    });
  }
  return true;
}

bool conv_backward_data(const ImageShape& s, Numbers dy, Numbers w, Numbers dx, Scratch& scratch) {
  if (uses_pairs(dy.type, s.out_channels)) {
    ImageShape halved = s;
    halved.out_channels /= 2;
    if (suits_unit(halved)) {
      const ImageShape back = turned(halved);
      return convolve_by_unit(back, cells(dy), {.y = dx}, scratch,
                              [&](const UnitRuns& runs, float* panels) {
                                pack_turned_unit_kernels(back, w, runs, panels);
                              });
    }
    return backward_data<Cells::bf16_pairs>(halved, cells(dy), w, dx, scratch);
  }
  return suits_patches(turned(s)) ? patches_backward_data(s, dy, w, dx, scratch)
                                  : backward_data<Cells::f32>(s, dy, w, dx, scratch);
}

}  // namespace
}  // namespace autoglm::nn::cpu
