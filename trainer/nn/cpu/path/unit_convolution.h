// Convolutions of bf16 numbers by the matrix unit, stride 1. Images lie in memory with zeros
// between them, rows and images one after the other: what a tap of the kernel sees of pixels that
// follow each other are pixels that follow each other, so that tiles are read from the images
// themselves.
#pragma once

#include "trainer/nn/cpu/path/images.h"
#include "trainer/nn/cpu/path/linear.h"

namespace autoglm::nn::cpu {
namespace {

inline bool suits_unit(const ImageShape& s) { return kHasMatrixUnit && s.stride == 1; }

/// Images [height, width, channels] with zeros before each row and each image, which are those
/// after the one before, too.
inline Padded chained_inputs(const ImageShape& s) {
  return {.height = s.height,
          .width = s.width,
          .channels = s.channels,
          .top = s.padding,
          .left = s.padding};
}

/// Room for images, for the zeros behind the last one, and for what tiles read too much.
inline Index chained_room(const Padded& p, Index images, Index kernel, Index pixels_too_much) {
  return images * p.image() + kernel * p.line() + (kernel + pixels_too_much) * p.channels +
         kTileColumns;
}

/// An output's place; beyond the last column or row of an image there is none.
struct Pixel {
  Index image = 0;
  Index row = 0;
  Index column = 0;
};

/// Outputs as the rows of tiles. Where whole tiles fit into a row of the output they are of one
/// row, otherwise they go on through the zeros to the next.
struct Outputs {
  Index pitch = 0;        // pixels from row to row
  Index image_pitch = 0;  // pixels from image to image
  Index columns = 0;      // of a row that tiles cover
  Index rows = 0;         // and of an image

  Outputs(const ImageShape& s, const Padded& padded)
      : pitch(padded.pitch()), image_pitch(padded.image() / padded.channels) {
    const bool whole = s.out_width % kUnitRows == 0;
    columns = whole ? s.out_width : pitch;
    rows = whole ? s.out_height : padded.top + padded.height;
  }
  Index tiles(Index images) const { return (images * rows * columns + kUnitRows - 1) / kUnitRows; }
  Index first_pixel(const Pixel& at) const {
    return at.image * image_pitch + at.row * pitch + at.column;
  }
  void advance(Pixel& at, Index pixels) const {
    at.column += pixels;
    while (at.column >= columns) {
      at.column -= columns;
      if (++at.row == rows) {
        at.row = 0;
        ++at.image;
      }
    }
  }
};

/// How the depth of a convolution is cut into tiles: each run of a line of the kernel by itself.
/// The last tile of a run may begin with cells of the one before, which are not counted twice since
/// the right operand is 0 there.
struct UnitRuns {
  Index lines = 0;
  Index run = 0;     // cells
  Index chunks = 0;  // of a run
  Index depth = 0;   // of a chunk

  explicit UnitRuns(const ImageShape& s)
      : lines(s.kernel),
        run(s.kernel * s.channels),
        chunks((run + kUnitCells - 1) / kUnitCells),
        depth((run + chunks - 1) / chunks) {}
  Index line() const { return chunks * depth; }
  Index all() const { return lines * line(); }
  Index before_last() const { return (chunks - 1) * depth; }
  Index twice() const { return line() - run; }
  /// The row of the right operand for a cell of a run.
  Index row(Index of_line, Index cell) const {
    return of_line * line() + cell + (cell < before_last() ? 0 : twice());
  }
};

/// Writes a tile's sums [kUnitRows, kTileColumns] of these channels to the outputs that there are.
inline void write_outputs(const ImageShape& s, const Outputs& outputs, Pixel at, Range channels,
                          const float* sums, const Output& output) {
  for (Index i = 0; i < kUnitRows; ++i, outputs.advance(at, 1)) {
    if (at.image >= s.batch || at.row >= s.out_height || at.column >= s.out_width) {
      continue;
    }
    const Index pixel = (at.image * s.out_height + at.row) * s.out_width + at.column;
    Half* const to = static_cast<Half*>(output.y.data) + pixel * s.out_channels + channels.first;
    for (Index j = 0; j < channels.count; j += kLanes) {
      const Index count = least(kLanes, channels.count - j);
      const Lanes bias =
          output.bias == nullptr ? Lanes{} : load_first(output.bias + channels.first + j, count);
      const Lanes sum = load(sums + i * kTileColumns + j) + bias;
      store_bf16(to + j, output.relu ? rectified(sum) : sum, count);
    }
  }
}

/// The right operand of w [out_channels, kernel, kernel, channels].
inline void pack_unit_kernels(const ImageShape& s, Numbers w, const UnitRuns& runs, float* panels) {
  const Index kernel_cells = runs.lines * runs.run;
  for (Index n = 0; n < s.out_channels; n += kTileColumns) {
    const Index wide = least(kTileColumns, s.out_channels - n);
    const Index width = panel_width(wide);
    float* const panel = panels + n * runs.all();
    for (Index line = 0; line < runs.lines; ++line) {
      const auto pack = [&](Index cell, Index count) {
        transpose(from(w, n * kernel_cells + line * runs.run + cell), kernel_cells, {wide, count},
                  panel + runs.row(line, cell) * width, width);
      };
      pack(0, runs.before_last());
      pack(runs.before_last(), runs.run - runs.before_last());
    }
  }
}

/// And of w [channels, kernel, kernel, out_channels], each turned by half a circle; cells are pairs
/// of channels.
inline void pack_turned_unit_kernels(const ImageShape& s, Numbers w, const UnitRuns& runs,
                                     float* panels) {
  const Index kernel_numbers = s.kernel * s.kernel * s.out_channels;
  for (Index tap = 0; tap < s.kernel * s.kernel; ++tap) {
    const Index line = tap / s.kernel;
    const Index first_cell = tap % s.kernel * s.channels;
    const Half* from =
        static_cast<const Half*>(w.data) + (s.kernel * s.kernel - 1 - tap) * s.out_channels;
    for (Index c = 0; c < s.channels; ++c, from += 2 * kernel_numbers) {
      pack_pair_row(from, from + kernel_numbers, runs.row(line, first_cell + c), runs.all(),
                    s.out_channels, panels);
    }
  }
}

// Cells of images that are in the second cache at once, and of panels that tiles of images meet.
constexpr Index kUnitImageCells = 1 << 17;
constexpr Index kUnitPanelCells = 3 << 16;

/// All outputs of s.batch chained images, of channels in the range; panels: those of all channels.
inline void multiply_images(const ImageShape& s, const UnitRuns& runs, const float* images,
                            const float* panels, Range channels, const Output& output) {
  const Padded padded = chained_inputs(s);
  const Outputs outputs(s, padded);
  const auto inputs_of = [&](const Pixel& at) {
    return images + outputs.first_pixel(at) * s.channels;
  };
  const Index tiles = outputs.tiles(s.batch);
  Pixel at;
  for (Index tile = 0; tile < tiles; tile += 2) {
    const bool two_high = tile + 1 < tiles;
    Pixel below = at;
    outputs.advance(below, kUnitRows);
    const UnitOperand left{inputs_of(at), inputs_of(below), s.channels,
                           runs.depth,    padded.line(),    runs.twice()};
    for (Index n = channels.first; n < channels.first + channels.count; n += kTileColumns) {
      const Index wide = least(kTileColumns, s.out_channels - n);
      const Index width = panel_width(wide);
      const float* const panel = panels + n * runs.all();
      alignas(64) float sums[kUnitTileRows * kTileColumns];
      multiply_by_unit(left,
                       {panel, panel + kUnitCells, width, runs.depth * width, runs.line() * width},
                       {runs.lines, runs.chunks}, two_high, width == kTileColumns, sums);
      write_outputs(s, outputs, at, {n, wide}, sums, output);
      if (two_high) {
        write_outputs(s, outputs, below, {n, wide}, sums + kUnitRows * kTileColumns, output);
      }
    }
    at = below;
    outputs.advance(at, kUnitRows);
  }
}

/// y = the convolution of cells x with the kernels that pack(runs, panels) packs.
template <typename Pack>
inline bool convolve_by_unit(const ImageShape& s, Numbers x, const Output& output, Scratch& scratch,
                             Pack pack) {
  const UnitRuns runs(s);
  const Padded padded = chained_inputs(s);
  const Index together = images_within(kUnitImageCells, padded.image(), s.batch);
  const Index panels_room = panels_size(s.out_channels, runs.all());
  const Index images_room = chained_room(padded, together, s.kernel, kUnitTileRows);
  void* const memory = scratch.reserve(floats(panels_room) + floats(images_room));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const panels = pieces.floats(panels_room);
  float* const images = pieces.floats(images_room);
  if (runs.twice() > 0) {
    __builtin_memset(panels, 0, bytes_of(panels_room));
  }
  pack(runs, panels);
  __builtin_memset(images, 0, bytes_of(images_room));
  const Index panel_cells = runs.all() * kTileColumns;
  const Index columns_at_once =
      kTileColumns * (panel_cells < kUnitPanelCells ? kUnitPanelCells / panel_cells : 1);
  const UnitInUse unit({.depth = runs.depth});
  for (Index image = 0; image < s.batch; image += together) {
    ImageShape part = s;
    part.batch = least(together, s.batch - image);
    copy_images(padded, x, image, part.batch, images);
    const Output to{from(output.y, image * s.out_height * s.out_width * s.out_channels),
                    output.bias, output.relu};
    for_parts(s.out_channels, columns_at_once, kTileColumns, [&](Index first, Index columns) {
      multiply_images(part, runs, images, panels, {first, columns}, to);
    });
  }
  return true;
}

}  // namespace
}  // namespace autoglm::nn::cpu
