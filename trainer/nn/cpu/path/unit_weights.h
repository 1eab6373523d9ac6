// The gradients of a convolution's weights by the matrix unit, of bf16 numbers: cells are pairs of
// pixels that follow each other in the chained images of unit_convolution.h. Pixel f of the output
// meets under a tap what is a fixed distance after pixel f of the input; between rows and images
// the output's gradients are 0, which an infinite input beside makes NaN.
#pragma once

#include "trainer/nn/cpu/path/unit_convolution.h"

namespace autoglm::nn::cpu {
namespace {

// Pixels whose products are summed before they are added to the gradients, and channels of the
// input whose pairs are in the second cache at once.
constexpr Index kSummedPixels = 2048;
constexpr Index kPairedChannels = 128;
constexpr Index kChunkPixels = 2 * kUnitCells;

/// Whether the pixels that the last tap looks ahead, which are paired again with every sum, are
/// few.
inline bool suits_unit_gradients(const ImageShape& s) {
  return suits_unit(s) && (s.kernel - 1) * (s.padding + s.width + 1) <= kSummedPixels;
}

/// The output's gradients as far apart as the inputs are.
inline Padded chained_outputs(const ImageShape& s) {
  return {.height = s.out_height,
          .width = s.out_width,
          .channels = s.out_channels,
          .bottom = s.padding + s.height - s.out_height,
          .right = s.padding + s.width - s.out_width};
}

inline void copy_halves(const Padded& p, Numbers from, Index first_image, Index images, Half* to) {
  const auto* const numbers = static_cast<const Half*>(from.data);
  for_rows(p, first_image, images, [&](Index at, Index to_at) {
    const auto row = static_cast<std::size_t>(p.width * p.channels);
    __builtin_memcpy(to + to_at, numbers + at, row * sizeof(Half));
  });
}

/// to [pixel, channels of the range]: each number and that of the next pixel, of images of
/// `all_channels`.
inline void pair_pixels(const Half* from, Index all_channels, Index pixels, Range channels,
                        float* to) {
  const auto pair = [&](const Half* numbers, Index count, float* cells) {
    for (Index i = 0; i < count; i += kLanes) {
      const Index present = least(kLanes, count - i);
      const Lanes both = pairs_of(numbers + i, numbers + i + all_channels, present);
      present == kLanes ? store(cells + i, both) : store_first(cells + i, both, present);
    }
  };
  if (channels.count == all_channels) {
    pair(from, pixels * all_channels, to);
    return;
  }
  for (Index i = 0; i < pixels; ++i) {
    pair(from + i * all_channels + channels.first, channels.count, to + i * channels.count);
  }
}

/// The operands of so many pixels: rows of pairs of gradients, an out channel each, and pairs of
/// the inputs [pixel, channel].
struct PairedPixels {
  float* left = nullptr;
  Index left_step = 0;
  float* right = nullptr;
  Index pitch = 0;  // pixels from a line of the input to the next
  Index high = 0;   // rows of a tile
};

/// dw [out_channels, kernel, kernel, channels] += the products of `chunks` of pixels, for channels
/// in the range, which are all that `right` has.
inline void add_paired_products(const ImageShape& s, const PairedPixels& pixels, Index chunks,
                                Range channels, float* dw) {
  // All channels under a line of the kernel are one run, some of them are one for each tap.
  const bool whole = channels.count == s.channels;
  const Index runs = whole ? 1 : s.kernel;
  const Index run = whole ? s.kernel * s.channels : channels.count;
  const Index dw_row = s.kernel * s.kernel * s.channels;
  const auto add_tile = [&](const float* left, Index rows, const float* right, Index wide,
                            float* to) {
    alignas(64) float sums[kUnitTileRows * kTileColumns];
    multiply_by_unit({left, left + pixels.high * pixels.left_step, pixels.left_step, kUnitCells},
                     {right, right + kUnitCells, 2 * channels.count, kChunkPixels * channels.count},
                     {1, chunks}, rows > pixels.high, wide > kUnitCells, sums);
    for (Index i = 0; i < rows; ++i, to += dw_row) {
      const Index row = i < pixels.high ? i : kUnitRows + i - pixels.high;
      for_vectors(wide, [&](Index j, auto get, auto put) {
        put(to + j, get(to + j) + load(sums + row * kTileColumns + j));
      });
    }
  };
  for_parts(s.out_channels, kUnitTileRows, 1, [&](Index n, Index rows) {
    for (Index i = 0; i < s.kernel * runs; ++i) {
      const Index distance = i / runs * pixels.pitch + i % runs;
      float* const to = dw + n * dw_row + i * dw_row / (s.kernel * runs) + channels.first;
      for (Index j = 0; j < run; j += kTileColumns) {
        add_tile(pixels.left + n * pixels.left_step, rows,
                 pixels.right + distance * channels.count + j, least(kTileColumns, run - j),
                 to + j);
      }
    }
  });
}

/// Room for the operands, and for what they are made of.
struct UnitGradientBuffers {
  Padded inputs{};
  Padded gradients{};
  Index image_pixels = 0;
  Index together = 0;    // images
  Index seen_ahead = 0;  // pixels from one to what the last tap sees of it
  Half* x_numbers = nullptr;
  Half* dy_numbers = nullptr;
  PairedPixels paired{};

  explicit UnitGradientBuffers(const ImageShape& s)
      : inputs(chained_inputs(s)),
        gradients(chained_outputs(s)),
        image_pixels(inputs.image() / s.channels),
        together(images_within(kSummedPixels, image_pixels, s.batch)),
        seen_ahead((s.kernel - 1) * (inputs.pitch() + 1)) {
    const Index most_pixels =
        rounded_up(least(together * image_pixels, kSummedPixels), kChunkPixels);
    const Index tiles = (s.out_channels + kUnitTileRows - 1) / kUnitTileRows;
    paired.left_step = most_pixels / 2 + kUnitCells;
    paired.pitch = inputs.pitch();
    paired.high = ((s.out_channels + tiles - 1) / tiles + 1) / 2;
    inputs_room_ = chained_room(inputs, together, s.kernel, kChunkPixels);
    gradients_room_ = chained_room(gradients, together, s.kernel, kChunkPixels);
    left_room_ = rounded_up(s.out_channels, kUnitTileRows) * paired.left_step;
    right_room_ = (most_pixels + seen_ahead) * least(s.channels, kPairedChannels) + kTileColumns;
  }

  bool reserve(Scratch& scratch) {
    const auto halves = [](Index count) { return Pieces::size(count, sizeof(Half)); };
    void* const memory = scratch.reserve(halves(inputs_room_) + halves(gradients_room_) +
                                         floats(left_room_) + floats(right_room_));
    if (memory == nullptr) {
      return false;
    }
    Pieces pieces(memory);
    x_numbers = pieces.halves(inputs_room_);
    dy_numbers = pieces.halves(gradients_room_);
    paired.left = pieces.floats(left_room_);
    paired.right = pieces.floats(right_room_);
    __builtin_memset(memory, 0, halves(inputs_room_) + halves(gradients_room_));
    return true;
  }

 private:
  Index inputs_room_ = 0;
  Index gradients_room_ = 0;
  Index left_room_ = 0;
  Index right_room_ = 0;
};

/// dw += the products of a part of so many chained pixels.
inline void add_pixels(const ImageShape& s, const UnitGradientBuffers& buffers, Index pixels,
                       Range part, float* dw) {
  const Index chunks = (part.count + kChunkPixels - 1) / kChunkPixels;
  const PairedPixels& paired = buffers.paired;
  for_parts(s.out_channels, kUnitTileRows, 1, [&](Index n, Index rows) {
    fill_pairs_turned(buffers.dy_numbers + part.first * s.out_channels + n, s.out_channels,
                      pixels - part.first, {rows, chunks * kUnitCells},
                      paired.left + n * paired.left_step, paired.left_step);
  });
  for_parts(s.channels, kPairedChannels, kLanes, [&](Index c, Index channels) {
    pair_pixels(buffers.x_numbers + part.first * s.channels, s.channels,
                chunks * kChunkPixels + buffers.seen_ahead, {c, channels}, paired.right);
    add_paired_products(s, paired, chunks, {c, channels}, dw);
  });
}

/// dw += the gradients of the weights.
inline bool unit_backward_weight(const ImageShape& s, Numbers dy, Numbers x, float* dw,
                                 Scratch& scratch) {
  UnitGradientBuffers buffers(s);
  if (!buffers.reserve(scratch)) {
    return false;
  }
  const UnitInUse unit({.rows = buffers.paired.high});
  // The last images first: they were written last, and are in the cache still.
  for (Index end = s.batch; end > 0;) {
    const Index count = end % buffers.together == 0 ? buffers.together : end % buffers.together;
    end -= count;
    copy_halves(buffers.inputs, x, end, count, buffers.x_numbers);
    copy_halves(buffers.gradients, dy, end, count, buffers.dy_numbers);
    const Index pixels = count * buffers.image_pixels;
    for_parts(pixels, kSummedPixels, kChunkPixels, [&](Index first, Index part) {
      add_pixels(s, buffers, pixels, {first, part}, dw);
    });
  }
  return true;
}

}  // namespace
}  // namespace autoglm::nn::cpu
