// The gradients of a convolution's weights by the matrix unit, of bf16 numbers: cells are pairs of
// pixels that follow each other in the chained images of unit_convolution.h. Pixel f of the output
// meets under a tap what is a fixed distance after pixel f of the input; between rows and images
// the output's gradients are 0.
#pragma once

#include "trainer/nn/cpu/path/unit_convolution.h"

namespace autoglm::nn::cpu {
namespace {

// Pixels whose products are summed before they are added to the gradients, and channels of the
// input whose pairs are in the second cache at once.
constexpr Index kSummedPixels = 2048;
constexpr Index kPairedChannels = 128;
constexpr Index kChunkPixels = 2 * kUnitCells;

/// The output's gradients as far apart as the inputs are.
inline Padded chained_outputs(const ImageShape& s) {
  return {.height = s.out_height,
          .width = s.out_width,
          .channels = s.out_channels,
          .bottom = s.padding + s.height - s.out_height,
          .right = s.padding + s.width - s.out_width};
}

inline void copy_halves(const Padded& p, Numbers from, Index first_image, Index images, Half* to) {
  const auto row = static_cast<std::size_t>(p.width * p.channels);
  const Half* numbers =
      static_cast<const Half*>(from.data) + first_image * p.height * p.width * p.channels;
  for (Index image = 0; image < images; ++image) {
    for (Index i = 0; i < p.height; ++i, numbers += row) {
      __builtin_memcpy(to + image * p.image() + (p.top + i) * p.line() + p.left * p.channels,
                       numbers, row * sizeof(Half));
    }
  }
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

/// dw += the gradients of the weights.
inline bool unit_backward_weight(const ImageShape& s, Numbers dy, Numbers x, float* dw,
                                 Scratch& scratch) {
  const Padded inputs = chained_inputs(s);
  const Padded gradients = chained_outputs(s);
  const Index pitch = inputs.pitch();
  const Index image_pixels = inputs.image() / s.channels;
  const Index together = images_within(kSummedPixels, image_pixels, s.batch);
  const Index most_pixels = rounded_up(least(together * image_pixels, kSummedPixels), kChunkPixels);
  const Index seen_beyond = (s.kernel - 1) * (pitch + 1) + 1;  // of a pixel, by the last tap's pair
  const Index left_step = most_pixels / 2 + kUnitCells;
  const Index inputs_room = chained_room(inputs, together, s.kernel, kChunkPixels);
  const Index gradients_room = chained_room(gradients, together, s.kernel, kChunkPixels);
  const Index left_room = rounded_up(s.out_channels, kUnitTileRows) * left_step;
  const Index right_room =
      (most_pixels + seen_beyond) * least(s.channels, kPairedChannels) + kTileColumns;
  const auto halves = [](Index count) { return Pieces::size(count, sizeof(Half)); };
  void* const memory = scratch.reserve(halves(inputs_room) + halves(gradients_room) +
                                       floats(left_room) + floats(right_room));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  Half* const x_numbers = pieces.halves(inputs_room);
  Half* const dy_numbers = pieces.halves(gradients_room);
  const Index tiles = (s.out_channels + kUnitTileRows - 1) / kUnitTileRows;
  const Index high = ((s.out_channels + tiles - 1) / tiles + 1) / 2;
  const PairedPixels paired{.left = pieces.floats(left_room),
                            .left_step = left_step,
                            .right = pieces.floats(right_room),
                            .pitch = pitch,
                            .high = high};
  __builtin_memset(memory, 0, halves(inputs_room) + halves(gradients_room));
  __builtin_memset(paired.right, 0, bytes_of(right_room));  // what tiles read too much is a number
  const UnitInUse unit({.rows = high});
  const auto add_pixels = [&](Index first, Index end, Index chunks) {
    for_parts(s.out_channels, kUnitTileRows, 1, [&](Index n, Index rows) {
      fill_pairs_turned(dy_numbers + first * s.out_channels + n, s.out_channels, end - first,
                        {rows, chunks * kUnitCells}, paired.left + n * left_step, left_step);
    });
    for_parts(s.channels, kPairedChannels, kLanes, [&](Index c, Index channels) {
      pair_pixels(x_numbers + first * s.channels, s.channels, chunks * kChunkPixels + seen_beyond,
                  {c, channels}, paired.right);
      add_paired_products(s, paired, chunks, {c, channels}, dw);
    });
  };
  // The last images first: they were written last, and are in the cache still.
  for (Index end = s.batch; end > 0;) {
    const Index count = end % together == 0 ? together : end % together;
    end -= count;
    copy_halves(inputs, x, end, count, x_numbers);
    copy_halves(gradients, dy, end, count, dy_numbers);
    const Index pixels = count * image_pixels;
    for_parts(pixels, kSummedPixels, kChunkPixels, [&](Index first, Index part) {
      add_pixels(first, pixels, (part + kChunkPixels - 1) / kChunkPixels);
    });
  }
  return true;
}

}  // namespace
}  // namespace autoglm::nn::cpu
