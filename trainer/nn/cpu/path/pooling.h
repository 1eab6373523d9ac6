// The greatest number or the mean of windows of images, and the mean of whole images. Vectors lie
// along channels.
#pragma once

#include "trainer/nn/cpu/path/columns.h"

namespace autoglm::nn::cpu {
namespace {

/// The part of an image that an output's window covers.
struct Covered {
  Index first_row, end_row, first_column, end_column;

  Index area() const { return (end_row - first_row) * (end_column - first_column); }
};

inline Covered covered(const ImageShape& s, Index row, Index column) {
  const Index top = row * s.stride - s.padding;
  const Index left = column * s.stride - s.padding;
  return {top < 0 ? 0 : top, least(top + s.kernel, s.height), left < 0 ? 0 : left,
          least(left + s.kernel, s.width)};
}

/// y [channels], indices [channels] or null.
inline void greatest_of_window(const ImageShape& s, const Covered& window, const float* image,
                               float* y, std::int32_t* indices) {
  for_vectors(s.channels, [&](Index c, auto get, auto put) {
    const Index start = window.first_row * s.width + window.first_column;
    Lanes best = get(image + start * s.channels + c);
    LaneBits where = static_cast<std::int32_t>(start) - LaneBits{};
    for (Index i = window.first_row; i < window.end_row; ++i) {
      for (Index j = window.first_column; j < window.end_column; ++j) {
        const Index at = i * s.width + j;
        const Lanes candidate = get(image + at * s.channels + c);
        const LaneBits better = (candidate > best) | ((candidate != candidate) & (best == best));
        best = better ? candidate : best;
        where = better ? static_cast<std::int32_t>(at) - LaneBits{} : where;
      }
    }
    put(y + c, best);
    if (indices != nullptr) {
      const Index count = least(kLanes, s.channels - c);
      __builtin_memcpy(indices + c, &where, static_cast<std::size_t>(count) * sizeof(*indices));
    }
  });
}

inline void mean_of_window(const ImageShape& s, const Covered& window, const float* image,
                           float* y) {
  const float share = 1 / static_cast<float>(window.area());
  for_vectors(s.channels, [&](Index c, auto get, auto put) {
    Lanes sum{};
    for (Index i = window.first_row; i < window.end_row; ++i) {
      for (Index j = window.first_column; j < window.end_column; ++j) {
        sum += get(image + (i * s.width + j) * s.channels + c);
      }
    }
    put(y + c, sum * share);
  });
}

bool pool_forward(Pooling pooling, const ImageShape& s, Numbers x, Numbers y, std::int32_t* indices,
                  Scratch& scratch) {
  const Index image_size = s.height * s.width * s.channels;
  const Index row_size = s.out_width * s.channels;
  void* const memory = scratch.reserve(Pieces::size(image_size, sizeof(float)) +
                                       Pieces::size(row_size, sizeof(float)));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const image_buffer = pieces.floats(image_size);
  float* const row_buffer = pieces.floats(row_size);
  for (Index b = 0; b < s.batch; ++b) {
    const float* image = read(x, b * image_size, image_size, image_buffer);
    for (Index i = 0; i < s.out_height; ++i) {
      const Index row = (b * s.out_height + i) * row_size;
      float* to = place(y, row, row_buffer);
      for (Index j = 0; j < s.out_width; ++j) {
        const Covered window = covered(s, i, j);
        if (pooling == Pooling::average) {
          mean_of_window(s, window, image, to + j * s.channels);
        } else {
          greatest_of_window(s, window, image, to + j * s.channels,
                             indices == nullptr ? nullptr : indices + row + j * s.channels);
        }
      }
      written(to, row_size, y, row);
    }
  }
  return true;
}

/// Adds an output's gradients dy [channels] to its window: all to the pixel that `indices` name, or
/// (null) to each pixel its share.
inline void spread(const ImageShape& s, const Covered& window, const float* dy,
                   const std::int32_t* indices, float* image) {
  const float share = 1 / static_cast<float>(window.area());
  for_vectors(s.channels, [&](Index c, auto get, auto put) {
    const Lanes d = get(dy + c);
    LaneBits chosen{};
    if (indices != nullptr) {
      const Index count = least(kLanes, s.channels - c);
      __builtin_memcpy(&chosen, indices + c, static_cast<std::size_t>(count) * sizeof(*indices));
    }
    for (Index i = window.first_row; i < window.end_row; ++i) {
      for (Index j = window.first_column; j < window.end_column; ++j) {
        const Index at = i * s.width + j;
        float* to = image + at * s.channels + c;
        const Lanes part = indices == nullptr                                     ? d * share
                           : chosen == static_cast<std::int32_t>(at) - LaneBits{} ? d
                                                                                  : Lanes{};
        put(to, get(to) + part);
      }
    }
  });
}

bool pool_backward(Pooling pooling, const ImageShape& s, Numbers dy, const std::int32_t* indices,
                   Numbers dx, Scratch& scratch) {
  const Index image_size = s.height * s.width * s.channels;
  const Index row_size = s.out_width * s.channels;
  void* const memory = scratch.reserve(Pieces::size(image_size, sizeof(float)) +
                                       Pieces::size(row_size, sizeof(float)));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const image_buffer = pieces.floats(image_size);
  float* const row_buffer = pieces.floats(row_size);
  for (Index b = 0; b < s.batch; ++b) {
    float* image = place(dx, b * image_size, image_buffer);
    __builtin_memset(image, 0, bytes_of(image_size));
    for (Index i = 0; i < s.out_height; ++i) {
      const Index row = (b * s.out_height + i) * row_size;
      const float* from = read(dy, row, row_size, row_buffer);
      for (Index j = 0; j < s.out_width; ++j) {
        spread(s, covered(s, i, j), from + j * s.channels,
               pooling == Pooling::max ? indices + row + j * s.channels : nullptr, image);
      }
    }
    written(image, image_size, dx, b * image_size);
  }
  return true;
}

bool global_average_forward(Index batch, Index area, Index channels, Numbers x, Numbers y,
                            Scratch& scratch) {
  void* const memory = scratch.reserve(Pieces::size(channels, sizeof(double)) +
                                       Pieces::size(channels, sizeof(float)) +
                                       Pieces::size(channels * kBlockRows, sizeof(float)));
  if (memory == nullptr) {
    return false;
  }
  for (Index b = 0; b < batch; ++b) {
    Pieces pieces(memory);
    double* const sums = pieces.zero_doubles(channels);
    float* const means = pieces.floats(channels);
    float* const buffer = pieces.floats(channels * kBlockRows);
    for_blocks(area, [&](Index first, Index count) {
      const float* from = read(x, (b * area + first) * channels, count * channels, buffer);
      add_columns(count, channels, sums,
                  [&](Index r, Index c, auto get) { return get(from + r * channels + c); });
    });
    for (Index c = 0; c < channels; ++c) {
      means[c] = static_cast<float>(sums[c] / static_cast<double>(area));
    }
    narrow(means, channels, y, b * channels);
  }
  return true;
}

bool global_average_backward(Index batch, Index area, Index channels, Numbers dy, Numbers dx,
                             Scratch& scratch) {
  void* const memory = scratch.reserve(Pieces::size(channels, sizeof(float)));
  if (memory == nullptr) {
    return false;
  }
  auto* const share = static_cast<float*>(memory);
  const float factor = 1 / static_cast<float>(area);
  for (Index b = 0; b < batch; ++b) {
    widen(dy, b * channels, channels, share);
    for (Index c = 0; c < channels; ++c) {
      share[c] *= factor;
    }
    for (Index pixel = 0; pixel < area; ++pixel) {
      narrow(share, channels, dx, (b * area + pixel) * channels);
    }
  }
  return true;
}

}  // namespace
}  // namespace autoglm::nn::cpu
