// Products by plain loops. A linear layer is a convolution of images of one pixel.
#pragma once

#include "trainer/nn/cpu/path/columns.h"

namespace autoglm::nn::cpu {
namespace {

inline ImageShape as_images(const LinearShape& s) {
  return {.batch = s.m,
          .height = 1,
          .width = 1,
          .channels = s.k,
          .out_height = 1,
          .out_width = 1,
          .out_channels = s.n,
          .kernel = 1,
          .stride = 1,
          .padding = 0};
}

/// f(output pixel, input pixel, tap) for all that meet.
template <typename F>
inline void for_taps(const ImageShape& s, F f) {
  for (Index b = 0; b < s.batch; ++b)
    for (Index i = 0; i < s.out_height; ++i)
      for (Index j = 0; j < s.out_width; ++j)
        for (Index u = 0; u < s.kernel; ++u)
          for (Index v = 0; v < s.kernel; ++v) {
            const Index row = i * s.stride - s.padding + u;
            const Index column = j * s.stride - s.padding + v;
            if (row >= 0 && row < s.height && column >= 0 && column < s.width) {
              f((b * s.out_height + i) * s.out_width + j, (b * s.height + row) * s.width + column,
                u * s.kernel + v);
            }
          }
}

struct Wide {
  float* x;
  float* w;
  float* y;
};

inline bool make_wide(const ImageShape& s, Scratch& scratch, Wide* wide) {
  const Index x = s.batch * s.height * s.width * s.channels;
  const Index y = s.batch * s.out_height * s.out_width * s.out_channels;
  const Index w = s.out_channels * s.kernel * s.kernel * s.channels;
  void* const memory =
      scratch.reserve(Pieces::size(x, 4) + Pieces::size(y, 4) + Pieces::size(w, 4));
  if (memory == nullptr) return false;
  Pieces pieces(memory);
  wide->x = pieces.floats(x);
  wide->w = pieces.floats(w);
  wide->y = pieces.floats(y);
  return true;
}

bool conv_forward(const ImageShape& s, Numbers x, Numbers w, const float* bias, Numbers y,
                  bool relu, Scratch& scratch) {
  Wide wide{};
  if (!make_wide(s, scratch, &wide)) return false;
  const Index c = s.channels;
  const Index pixels = s.batch * s.out_height * s.out_width;
  const Index taps = s.kernel * s.kernel;
  widen(x, 0, s.batch * s.height * s.width * c, wide.x);
  widen(w, 0, s.out_channels * taps * c, wide.w);
  for (Index p = 0; p < pixels; ++p)
    for (Index n = 0; n < s.out_channels; ++n)
      wide.y[p * s.out_channels + n] = bias == nullptr ? 0 : bias[n];
  for_taps(s, [&](Index to, Index from, Index tap) {
    for (Index n = 0; n < s.out_channels; ++n) {
      Lanes sums{};
      for_vectors(c, [&](Index k, auto get, auto) {
        sums =
            multiply_add(get(wide.x + from * c + k), get(wide.w + (n * taps + tap) * c + k), sums);
      });
      wide.y[to * s.out_channels + n] += sum_of(sums);
    }
  });
  for (Index i = 0; relu && i < pixels * s.out_channels; ++i)
    wide.y[i] = wide.y[i] < 0 ? 0 : wide.y[i];
  narrow(wide.y, pixels * s.out_channels, y, 0);
  return true;
}

bool conv_backward_data(const ImageShape& s, Numbers dy, Numbers w, Numbers dx, Scratch& scratch) {
  Wide wide{};
  if (!make_wide(s, scratch, &wide)) return false;
  const Index c = s.channels;
  const Index taps = s.kernel * s.kernel;
  const Index inputs = s.batch * s.height * s.width * c;
  widen(dy, 0, s.batch * s.out_height * s.out_width * s.out_channels, wide.y);
  widen(w, 0, s.out_channels * taps * c, wide.w);
  __builtin_memset(wide.x, 0, bytes_of(inputs));
  for_taps(s, [&](Index to, Index from, Index tap) {
    for (Index n = 0; n < s.out_channels; ++n)
      for (Index k = 0; k < c; ++k)
        wide.x[from * c + k] += wide.y[to * s.out_channels + n] * wide.w[(n * taps + tap) * c + k];
  });
  narrow(wide.x, inputs, dx, 0);
  return true;
}

bool conv_backward_weight(const ImageShape& s, Numbers dy, Numbers x, float* dw, float* dbias,
                          Scratch& scratch) {
  Wide wide{};
  if (!make_wide(s, scratch, &wide)) return false;
  const Index c = s.channels;
  const Index taps = s.kernel * s.kernel;
  const Index pixels = s.batch * s.out_height * s.out_width;
  widen(dy, 0, pixels * s.out_channels, wide.y);
  widen(x, 0, s.batch * s.height * s.width * c, wide.x);
  for_taps(s, [&](Index to, Index from, Index tap) {
    for (Index n = 0; n < s.out_channels; ++n)
      for (Index k = 0; k < c; ++k)
        dw[(n * taps + tap) * c + k] += wide.y[to * s.out_channels + n] * wide.x[from * c + k];
  });
  for (Index i = 0; dbias != nullptr && i < pixels; ++i)
    for (Index n = 0; n < s.out_channels; ++n) dbias[n] += wide.y[i * s.out_channels + n];
  return true;
}

}  // namespace
}  // namespace autoglm::nn::cpu
